package io.holdfast.snapshot.domain;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A VM that was off and is started, paused, for as long as a snapshot is worked on.
 *
 * @param run the hypervisor's number of the run that was begun; absent from the intent until it is known
 */
public record Woken(UUID source, String vm, @Nullable Integer run) {}
