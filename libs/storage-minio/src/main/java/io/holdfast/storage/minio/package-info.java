/**
 * The {@link io.holdfast.storage.ObjectStore} port on S3, through minio-java; the only importer of it.
 *
 * <p>Objects are at most 64 MiB, so each is put by one request: there are no multipart uploads, and none can be left
 * behind. Put if absent is {@code If-None-Match: *}. Requests are retried by
 * {@link io.holdfast.storage.RetryingObjectStore} alone: the HTTP client's own repetition is off, because it would hide
 * that a put met its own first try.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.storage.minio;
