package io.holdfast.api.job;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.Patterns;
import io.holdfast.api.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Bodies of the requests that make jobs. */
public final class Requests {

    /**
     * Backs up one VM.
     *
     * @param vm {@code NAME}, {@code SOURCE/NAME} or a VM's id
     * @param vault the vault's name
     * @param kind default: incremental, which is a full one where there is no base
     * @param consistency default: crash
     */
    public record Backup(
            @NotNull @Text @Size(min = 1, max = 200) String vm,
            @NotNull @Pattern(regexp = Patterns.NAME) String vault,
            @Nullable BackupKind kind,
            @Nullable Consistency consistency) {}

    /**
     * Restores one point. Either {@code name} or {@code inPlace}.
     *
     * @param source default: the point's own
     */
    public record Restore(
            @NotNull UUID point,
            @Nullable @Pattern(regexp = Patterns.NAME) String source,
            @Nullable @Pattern(regexp = Patterns.VM_NAME) String name,
            boolean inPlace,

            @Nullable @Pattern(regexp = Patterns.HYPERVISOR_NAME)
            String pool,

            @Nullable @Pattern(regexp = Patterns.HYPERVISOR_NAME)
            String network,

            @Nullable @Size(max = 256) List<@Pattern(regexp = Patterns.DISK_KEY) String> disks,
            boolean start) {}

    private Requests() {}
}
