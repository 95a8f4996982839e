/** One class per use case, and the ports they need: hypervisor drivers, rows, time. */
@NullMarked
package io.holdfast.snapshot.app;

import org.jspecify.annotations.NullMarked;
