/**
 * What holds when a process dies at the worst moment. An {@link io.holdfast.systemtests.kill.Arrow} is one message between two
 * parts; {@link io.holdfast.systemtests.kill.Arrows} knows them all, from the interfaces and steps in the code.
 */
@NullMarked
package io.holdfast.systemtests.kill;

import org.jspecify.annotations.NullMarked;
