/** Restore targets: new volumes that the hypervisor fills by pulling a served point. */
@NullMarked
package io.holdfast.api.target;

import org.jspecify.annotations.NullMarked;
