package io.holdfast.api.rest;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.rest.client.ext.ResponseExceptionMapper;

/** The client side of {@link ProblemMapper}: a problem+json reply becomes the {@link ApiException} it was. */
public final class ProblemReader implements ResponseExceptionMapper<ApiException> {

    @Override
    public boolean handles(int status, MultivaluedMap<String, Object> headers) {
        return status >= 400;
    }

    @Override
    public ApiException toThrowable(Response response) {
        try {
            Problem problem = response.readEntity(Problem.class);
            if (problem != null && problem.code() != null) {
                return new ApiException(ErrorCode.ofWire(problem.code()), problem.detail());
            }
        } catch (RuntimeException e) {
            return ofStatus(response, e);
        }
        return ofStatus(response, null);
    }

    private static ApiException ofStatus(Response response, @org.jspecify.annotations.Nullable Throwable cause) {
        int status = response.getStatus();
        ErrorCode code = switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 502, 503, 504 -> ErrorCode.UNAVAILABLE;
            default -> ErrorCode.INTERNAL;
        };
        return new ApiException(code, "The service answered HTTP " + status + " without a problem body.", cause);
    }
}
