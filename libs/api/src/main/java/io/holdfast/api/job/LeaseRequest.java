package io.holdfast.api.job;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * A runner asks for one job.
 *
 * @param runner which service
 * @param instance names the process, for people
 */
public record LeaseRequest(
        JobKind.@NotNull Runner runner,
        @NotNull @Pattern(regexp = "[A-Za-z0-9._-]{1,100}") String instance) {}
