/** Sources (hypervisor connections) and the virtual machines and disks they list. */
@NullMarked
package io.holdfast.api.source;

import org.jspecify.annotations.NullMarked;
