package io.holdfast.api.target;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.Patterns;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import java.util.Map;

/** Has the hypervisor pull each disk of a target from a served point. Asked again it continues or starts that pull anew. */
public record FillTarget(
        @Positive long fencing,
        @NotNull Map<@Pattern(regexp = Patterns.DISK_KEY) String, @NotNull @Valid NbdEndpoint> from) {}
