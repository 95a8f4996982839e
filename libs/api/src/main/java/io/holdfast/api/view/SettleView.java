package io.holdfast.api.view;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;

/**
 * The catalog's word on what became of a view's job, from its outbox. Idempotent. {@code committed}: the new checkpoint is
 * promoted and those no point needs any more are dropped; {@code abandoned}: the new checkpoint is dropped, the previous
 * ones stay. Then export and scratch are freed.
 */
public record SettleView(
        @NotNull UUID job,
        @NotNull @Pattern(regexp = "committed|abandoned") String outcome) {}
