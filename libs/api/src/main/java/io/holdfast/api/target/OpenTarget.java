package io.holdfast.api.target;

import io.holdfast.api.Patterns;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a restore target: checks names and room, makes empty volumes. Nothing the user has is touched. Asked again by a
 * later attempt it continues.
 *
 * @param name name of the new VM; for {@code inPlace} the VM keeps its own
 * @param inPlace id of the VM whose disks are replaced on finish; absent: a new VM
 * @param definition the point's VM definition
 * @param pool storage pool of the new volumes; default: where the original's disks were, else {@code default}
 * @param network network the NICs are put on; default: as in the definition; NICs stay disconnected unless the original
 *     VM is known to be gone
 * @param originalSource id of the source the point's VM was backed up on; absent: not known
 */
public record OpenTarget(
        @NotNull UUID job,
        @Positive long fencing,
        @NotNull @Pattern(regexp = Patterns.NAME) String source,
        @Nullable @Pattern(regexp = Patterns.VM_NAME) String name,
        @Nullable @Pattern(regexp = Patterns.VM_ID) String inPlace,
        @NotNull @Size(max = 1 << 20) String definition,

        @Nullable @Pattern(regexp = Patterns.HYPERVISOR_NAME)
        String pool,

        @Nullable @Pattern(regexp = Patterns.HYPERVISOR_NAME)
        String network,

        @Nullable UUID originalSource,
        @NotEmpty @Size(max = 256) List<@Valid TargetDisk> disks) {

    /**
     * One volume to make.
     *
     * @param key the disk's key in the definition
     * @param virtualBytes exact size
     * @param format {@code qcow2} or {@code raw}
     * @param dataBytes about how many bytes will be written, for the check of room
     */
    public record TargetDisk(
            @NotNull @Pattern(regexp = Patterns.DISK_KEY) String key,
            @Positive long virtualBytes,
            @NotNull @Pattern(regexp = "qcow2|raw") String format,
            @PositiveOrZero long dataBytes) {}
}
