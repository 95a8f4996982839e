package io.holdfast.api.problem;

import org.jspecify.annotations.Nullable;

/**
 * A failure with a code, thrown where it is found and turned into {@link Problem} by each service's one mapper. The
 * detail reaches people: a sentence that helps, never a secret.
 */
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public ApiException(ErrorCode code, String detail) {
        this(code, detail, null);
    }

    public ApiException(ErrorCode code, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** The sentence for people. */
    public String detail() {
        String message = getMessage();
        return message == null ? code.wire() : message;
    }
}
