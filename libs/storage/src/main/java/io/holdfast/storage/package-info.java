/**
 * Where a vault's objects are kept. {@link io.holdfast.storage.ObjectStore} is the port; everything else here is an
 * implementation of it (memory, directory, faulty) or a decorator around one (retry, metrics). The S3 implementation
 * lives in its own module, the only one that knows minio-java.
 *
 * <p>Objects are write-once: a key is put if absent, read whole or by range, listed, deleted; never overwritten.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.storage;
