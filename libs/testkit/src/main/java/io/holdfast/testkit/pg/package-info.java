/** A PostgreSQL for tests. */
@org.jspecify.annotations.NullMarked
package io.holdfast.testkit.pg;
