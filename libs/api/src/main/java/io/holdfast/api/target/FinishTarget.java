package io.holdfast.api.target;

import jakarta.validation.constraints.Positive;

/**
 * Makes the filled target a VM: defines it, or for in-place switches the disks and removes the old ones after success. A VM that
 * does not start is there all the same, with a note.
 *
 * @param start also starts it
 */
public record FinishTarget(@Positive long fencing, boolean start) {}
