/** A local S3 server for tests, in a process of its own. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.s3;
