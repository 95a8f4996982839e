package io.holdfast.api.source;

import io.holdfast.api.Patterns;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What an admin says of a hypervisor connection.
 *
 * @param name unique, for people
 * @param uri libvirt URI: {@code qemu:///system}, {@code qemu+tls://host/system}, {@code qemu+ssh://...},
 *     {@code qemu:///session?socket=...}
 * @param scratchPool storage pool for scratch volumes; default: the pool of the disk that needs it
 * @param scratchLimitBytes opt-out of full reservation: scratch of one view may grow to this many bytes in all and the
 *     backup fails beyond; absent: as many bytes as the disks have are reserved before the view opens
 * @param nbd how disks are handed over, {@code unix} (same machine) or {@code tls}; absent: as the URI needs
 * @param credentials for a hypervisor that asks for a user and a password; write-only
 */
public record SourceSpec(
        @NotNull @Pattern(regexp = Patterns.NAME) String name,
        @NotNull @Size(min = 3, max = 1000) String uri,

        @Nullable @Pattern(regexp = Patterns.HYPERVISOR_NAME)
        String scratchPool,

        @Nullable Long scratchLimitBytes,
        @Nullable @Pattern(regexp = "unix|tls") String nbd,
        @Nullable @Valid SourceCredentials credentials) {

    /** Without credentials. */
    public SourceSpec(
            String name,
            String uri,
            @Nullable String scratchPool,
            @Nullable Long scratchLimitBytes,
            @Nullable String nbd) {
        this(name, uri, scratchPool, scratchLimitBytes, nbd, null);
    }
}
