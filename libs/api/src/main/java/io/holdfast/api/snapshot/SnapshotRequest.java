package io.holdfast.api.snapshot;

import io.holdfast.api.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a snapshot.
 *
 * @param vm {@code NAME}, {@code SOURCE/NAME} or a VM's id
 * @param name unique per VM; any language, 1 to 80 characters
 * @param description at most 1,000 characters
 */
public record SnapshotRequest(
        @NotNull @Text @Size(min = 1, max = 200) String vm,
        @NotNull @Text @Size(min = 1, max = 80) String name,
        @Nullable @Text(lines = true) @Size(max = 1000) String description,
        boolean memory,
        boolean quiesce) {}
