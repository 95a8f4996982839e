package io.holdfast.api.target;

import jakarta.validation.constraints.Positive;

/** Aborts a target in the name of the attempt with this fencing number. */
public record AbortTarget(@Positive long fencing) {}
