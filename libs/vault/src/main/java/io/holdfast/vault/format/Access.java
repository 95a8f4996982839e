package io.holdfast.vault.format;

/** What an object is opened for: a writer refuses also compatible features that it does not know. */
public enum Access {
    READ,
    WRITE
}
