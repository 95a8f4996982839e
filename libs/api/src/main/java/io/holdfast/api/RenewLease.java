package io.holdfast.api;

import jakarta.validation.constraints.Positive;

/** Renews a view or a target in the name of the attempt with this fencing number. */
public record RenewLease(@Positive long fencing) {}
