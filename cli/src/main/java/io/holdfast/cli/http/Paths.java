package io.holdfast.cli.http;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Paths and queries made of names that people or hypervisors chose. */
final class Paths {

    /** {@code /a/b} of encoded segments. */
    static String of(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            // Servers fold these away, encoded or not: the request would reach another resource.
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new ApiException(ErrorCode.INVALID_REQUEST, "'" + segment + "' is not a name.");
            }
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    /** Adds {@code name=value} unless there is no value. */
    static String with(String path, String name, @Nullable Object value) {
        if (value == null) {
            return path;
        }
        return path + (path.indexOf('?') < 0 ? '?' : '&') + name + "=" + encode(value.toString());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Paths() {}
}
