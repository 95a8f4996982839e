package io.holdfast.catalog.rest;

import io.holdfast.api.Page;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Listings by pages: one item more than asked for is read to know whether there is a next page. */
final class Pages {

    /** Cuts the extra item off; {@code cursor} of the last item kept leads to the next page. */
    static <R, T> Page<T> of(List<R> rows, int limit, Function<R, T> item, Function<R, String> cursor) {
        List<T> items = rows.stream().limit(limit).map(item).toList();
        String next = rows.size() > limit ? cursor.apply(rows.get(limit - 1)) : null;
        return new Page<>(items, next);
    }

    /** Reads a cursor that is a number. */
    static @Nullable Long number(@Nullable String after) {
        if (after == null) {
            return null;
        }
        if (!after.matches("[0-9]{1,18}")) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "after is not the next of a page of this listing.");
        }
        return Long.valueOf(after);
    }

    private Pages() {}
}
