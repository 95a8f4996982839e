package io.holdfast.storage;

/**
 * What a listing tells of one object.
 *
 * @param key its key
 * @param size its size in bytes, at least 0
 */
public record ObjectInfo(ObjectKey key, long size) {
    public ObjectInfo {
        if (size < 0) {
            throw new IllegalArgumentException("negative object size: " + size);
        }
    }
}
