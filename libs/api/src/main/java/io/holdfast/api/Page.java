package io.holdfast.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing.
 *
 * @param items in the listing's order
 * @param next pass as {@code after} to get the next page; absent on the last one
 */
public record Page<T>(List<T> items, @Nullable String next) {}
