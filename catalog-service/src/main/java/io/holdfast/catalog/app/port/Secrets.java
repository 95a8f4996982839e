package io.holdfast.catalog.app.port;

/** Keyed hashing with the service's seal key. */
public interface Secrets {

    /** A keyed hash: equal texts give equal hashes, and the hash alone does not help to guess the text. */
    String fingerprint(String text);
}
