/** A clock that tests move. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.time;
