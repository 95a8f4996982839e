/** Temporary folders of tests. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.files;
