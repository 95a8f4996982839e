package io.holdfast.systemtests.kill;

import io.holdfast.systemtests.kill.Arrow.Operation;

/**
 * A message of an operation, before it is said who dies.
 *
 * @param name what it is, for people
 * @param pattern by which it is known on the wire, a character for a byte
 * @param request how the tap's account of it begins, or nothing when it is not for a tap to see
 * @param nth which one, where the operation sends several of the kind
 * @param when what it takes for it to come
 */
record Message(Operation operation, String name, Link link, String pattern, String request, int nth, When when) {

    /** What it takes. */
    enum When {
        ALWAYS,
        /** The pattern is in an answer. */
        ANSWER,
        /** The operation has to take its time: a renewal. */
        SLOW,
        /** The VM has to have more checkpoints than are kept. */
        MANY_CHECKPOINTS
    }

    static Message of(Operation operation, String name, Link link, String pattern, String request) {
        return new Message(operation, name, link, pattern, request, 1, When.ALWAYS);
    }

    Message in(Operation other) {
        return new Message(other, name, link, pattern, request, nth, when);
    }

    Message nth(int which) {
        return new Message(operation, name, link, pattern, request, which, when);
    }

    Message when(When takes) {
        return new Message(operation, name, link, pattern, request, nth, takes);
    }

    boolean answer() {
        return when == When.ANSWER;
    }

    boolean slow() {
        return when == When.SLOW;
    }
}
