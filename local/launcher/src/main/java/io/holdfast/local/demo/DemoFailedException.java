package io.holdfast.local.demo;

/** The demo did not prove what it is there to prove. The message says what. */
final class DemoFailedException extends Exception {

    private static final long serialVersionUID = 1;

    DemoFailedException(String message) {
        super(message);
    }
}
