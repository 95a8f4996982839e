package io.holdfast.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error body, {@code application/problem+json} (RFC 9457).
 *
 * @param type a URI that names the code, {@code urn:holdfast:error:vm-not-found}
 * @param title a short text, the same for every occurrence of the code
 * @param status HTTP status
 * @param code wire form of an {@link ErrorCode}
 * @param detail a sentence that helps this caller; no stack trace, no secret
 * @param retryable whether the same request may succeed later
 * @param requestId finds the request in the log
 * @param violations fields that failed validation
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String code,
        String detail,
        boolean retryable,
        @Nullable String requestId,
        @Nullable List<Violation> violations) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** One field that failed validation. */
    public record Violation(String field, String message) {}

    /** The problem of a code. */
    public static Problem of(ErrorCode code, String detail, @Nullable String requestId) {
        return new Problem(
                "urn:holdfast:error:" + code.wire(),
                code.wire().replace('-', ' '),
                code.status(),
                code.wire(),
                detail,
                code.retryable(),
                requestId,
                null);
    }
}
