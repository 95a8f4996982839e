package io.holdfast.storage;

/** What became of a put-if-absent. */
public enum PutResult {
    /** The object was absent and is now there with the given bytes. */
    CREATED,
    /** The key existed; nothing was changed. It may hold the same bytes, after a reply that was lost. */
    EXISTS
}
