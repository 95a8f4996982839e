package io.holdfast.api.view;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Patterns;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;

/**
 * Opens the frozen view of a job, or continues it: asked again by a later attempt of the job (a higher fencing number)
 * the same moment is answered while it lives.
 *
 * @param fencing the attempt's fencing number; a lower one than was seen before is refused with {@code fenced}
 * @param point the restore point to be made; the new checkpoint is named after (VM, vault, point)
 * @param bases points an incremental may be read against, newest first: committed, in this vault, readable
 */
public record OpenView(
        @NotNull UUID job,
        @Positive long fencing,
        @NotNull @Pattern(regexp = Patterns.NAME) String source,
        @NotNull @Pattern(regexp = Patterns.VM_ID) String vm,
        @NotNull UUID vault,
        @NotNull UUID point,
        @NotNull BackupKind kind,
        @NotNull @Size(max = 1000) List<UUID> bases) {}
