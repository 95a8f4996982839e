package io.holdfast.api.view;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's word on what became of a view's job, from its outbox. Idempotent. {@code committed}: the checkpoint of the
 * very moment that was committed is promoted and those no point needs any more are dropped; {@code abandoned}: the new
 * checkpoint is dropped, the previous ones stay. Then export and scratch are freed, and no view is opened for the job any
 * more.
 *
 * @param moment of the view whose bytes the point holds; absent when abandoned, or when nobody knows: then no checkpoint is
 *     promoted
 */
public record SettleView(
        @NotNull UUID job,
        @NotNull @Pattern(regexp = "committed|abandoned") String outcome,
        @Nullable UUID moment) {}
