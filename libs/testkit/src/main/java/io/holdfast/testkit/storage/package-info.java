/** The contract suite of the ObjectStore port. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.storage;
