/** A store that fails by a script, for tests of what stands above the port. */
@org.jspecify.annotations.NullMarked
package io.holdfast.storage.faulty;
