package io.holdfast.api.source;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** Who a source's hypervisor knows us as. Write-only: no answer holds it. */
public record SourceCredentials(
        @NotNull @Size(min = 1, max = 256) String user,
        @NotNull @Size(min = 1, max = 1024) String password) {
    @Override
    public String toString() {
        return "SourceCredentials[...]";
    }
}
