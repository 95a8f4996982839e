/** An S3 server for one machine, as a process of its own: S3Proxy over a directory. */
@org.jspecify.annotations.NullMarked
package io.holdfast.local.objectstore;
