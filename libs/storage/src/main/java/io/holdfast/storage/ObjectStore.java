package io.holdfast.storage;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A flat space of write-once objects. Every implementation passes {@code ObjectStoreContract}.
 *
 * <ul>
 *   <li><b>Read after write.</b> When {@code putIfAbsent} has returned, every reader sees the object, whole.
 *   <li><b>No partial object.</b> A put that fails, or whose process dies, leaves either the whole object or none.
 *   <li><b>Put if absent.</b> Of any number of racing puts of one key exactly one is told {@link PutResult#CREATED};
 *       its bytes stay. A put whose reply was lost may be answered {@link PutResult#EXISTS} when tried again: the caller
 *       reads back and compares.
 *   <li><b>Durable.</b> When {@code putIfAbsent} has returned, the object survives the death of the process and, on a
 *       directory, the loss of power.
 *   <li><b>Delete hides.</b> When {@code delete} has returned, no reader sees the object, and of racing puts of its key
 *       again exactly one is told CREATED. Whether the bytes are gone and their room is free is the store's affair: a
 *       bucket with versions keeps them beneath a marker, one with object lock until their time is over, and neither
 *       refuses the delete.
 *   <li><b>Who else has the keys</b> of a bucket can hide an object, and put another over it: the newest version is what
 *       is read here. A lock keeps the bytes from being lost, not from being hidden.
 *   <li><b>Threads.</b> All methods may be called by any number of threads. An interrupt ends a call with
 *       {@link StorageException.Kind#CANCELLED} and the thread's flag stays set; what such a put left is unknown, as
 *       after a lost reply.
 *   <li><b>Folders.</b> A key must not continue another one by a slash ({@code a} and {@code a/b}): what such a put does
 *       is not defined, because neither directories nor every S3 server can hold both.
 *   <li><b>Strangers.</b> What lies in the same place under a name that is no {@link ObjectKey} is not ours: it is never
 *       listed, read or removed.
 * </ul>
 *
 * Failures are {@link StorageException} with a {@link StorageException.Kind} that says whether trying again can help.
 */
public interface ObjectStore extends AutoCloseable {

    /** Largest object any store has to take, in bytes: 64 MiB. */
    long MAX_OBJECT_BYTES = 64L << 20;

    /**
     * Stores {@code body} under {@code key} unless the key exists. {@code body} is not changed nor kept. More than
     * {@link #MAX_OBJECT_BYTES} are {@link StorageException.Kind#TOO_LARGE}.
     */
    PutResult putIfAbsent(ObjectKey key, byte[] body);

    /**
     * The whole object, or empty when there is none. Fails with {@link StorageException.Kind#TOO_LARGE} before reading
     * when it is longer than {@code maxBytes}: sizes come from outside and are never trusted.
     */
    Optional<byte[]> get(ObjectKey key, int maxBytes);

    /** As {@link #get}, but asked once: also a store that tries again what failed does not. Tells how the store is now. */
    default Optional<byte[]> getOnce(ObjectKey key, int maxBytes) {
        return get(key, maxBytes);
    }

    /**
     * {@code length} bytes from {@code offset}. A range that is not wholly inside the object is
     * {@link StorageException.Kind#RANGE}; an absent object is {@link StorageException.Kind#NOT_FOUND}. An empty range at
     * the object's end is inside.
     */
    byte[] getRange(ObjectKey key, long offset, int length);

    /** Size of the object in bytes, or empty when there is none. */
    Optional<ObjectInfo> head(ObjectKey key);

    /**
     * Every object whose key starts with {@code prefix} (a string prefix, not a folder), in ascending order of the key's
     * bytes, read page by page as the stream is consumed. Close the stream. Objects put or deleted meanwhile may or may
     * not appear; all others appear exactly once. A failure may come at the call or while the stream is consumed.
     */
    Stream<ObjectInfo> list(String prefix);

    /** As {@link #list(String)}, but only keys strictly after {@code startAfter}. */
    Stream<ObjectInfo> list(String prefix, String startAfter);

    /** Removes the object from sight; removing what is absent is not an error. */
    void delete(ObjectKey key);

    /**
     * Something in this place that is not ours, by its name: what no {@link ObjectKey} can name. What a file system makes of
     * itself does not count. Empty when there is none, or the store cannot tell.
     */
    default Optional<String> stranger() {
        return Optional.empty();
    }

    /** A sentence for people that names the place (never a credential). */
    String describe();

    @Override
    void close();
}
