package io.holdfast.cli.http;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.util.regex.Pattern;

/** A token that may be put into a header. It shows itself to nobody else. */
public record BearerToken(String value) {

    private static final int MAX_CHARACTERS = 16 * 1024;
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/=-]{1," + MAX_CHARACTERS + "}");

    /** Checked here, because the HTTP client would quote a header it refuses. */
    public BearerToken {
        if (!ALLOWED.matcher(value).matches()) {
            throw new ApiException(
                    ErrorCode.UNAUTHENTICATED, "The token is empty or holds characters that no bearer token has.");
        }
    }

    @Override
    public String toString() {
        return "BearerToken[...]";
    }
}
