package io.holdfast.api.rest;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.holdfast.api.Headers;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one way a failure leaves a service: {@code application/problem+json} with a code, a sentence and the request id; no
 * stack trace, no cause. Each service registers the subclasses in {@link ProblemMappers}.
 */
abstract class ProblemMapper<E extends Throwable> implements ExceptionMapper<E> {

    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    @Context
    @Nullable
    HttpHeaders headers;

    @Override
    public Response toResponse(E failure) {
        Problem problem = describe(failure, requestId());
        if (problem.status() >= 500) {
            LOG.errorf(failure, "request %s failed: %s", problem.requestId(), problem.code());
        }
        var reply = Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
        if (problem.status() == 401) {
            reply.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (problem.status() == 413) {
            // The rest of the body is still on its way, and nobody will read it.
            reply.header("Connection", "close");
        }
        return reply.build();
    }

    @Context
    @Nullable
    Request request;

    private String requestId() {
        String given = headers == null ? null : headers.getHeaderString(Headers.REQUEST_ID);
        return given != null && given.matches("[A-Za-z0-9._-]{1,64}")
                ? given
                : UUID.randomUUID().toString();
    }

    private Problem describe(Throwable failure, String requestId) {
        return switch (failure) {
            case ApiException e -> Problem.of(e.code(), e.detail(), requestId);
            case ConstraintViolationException e -> violations(e, requestId);
            case UnauthorizedException _, AuthenticationFailedException _ ->
                Problem.of(ErrorCode.UNAUTHENTICATED, "A valid bearer token is needed.", requestId);
            case ForbiddenException _ ->
                Problem.of(ErrorCode.FORBIDDEN, "This token's roles do not allow that.", requestId);
            case UnrecognizedPropertyException e ->
                Problem.of(ErrorCode.INVALID_REQUEST, unknownField(e.getPropertyName()), requestId);
            case MismatchedInputException _ ->
                Problem.of(ErrorCode.INVALID_REQUEST, "The request's body does not have the expected form.", requestId);
            case WebApplicationException e -> ofStatus(e, requestId);
            default -> unexpected(failure, requestId);
        };
    }

    private Problem unexpected(Throwable failure, String requestId) {
        return switch (Outage.of(failure)) {
            case UNANSWERED -> Problem.of(ErrorCode.UNAVAILABLE, "The database does not answer right now.", requestId);
            case COMMIT_UNANSWERED ->
                changes()
                        ? Problem.of(
                                ErrorCode.OUTCOME_UNKNOWN,
                                "The database did not answer the last step: it may have been done. The same request with"
                                        + " the same idempotency key tells.",
                                requestId)
                        : Problem.of(ErrorCode.UNAVAILABLE, "The database does not answer right now.", requestId);
            case NONE ->
                Problem.of(
                        ErrorCode.INTERNAL,
                        "Something went wrong in the service; its log has request " + requestId + ".",
                        requestId);
        };
    }

    private boolean changes() {
        return request == null
                || !(request.getMethod().equals("GET") || request.getMethod().equals("HEAD"));
    }

    private static String unknownField(String name) {
        return name.matches("[A-Za-z0-9_.-]{1,60}")
                ? "There is no field " + name + " in this request."
                : "There is a field in this request that is not known.";
    }

    private static Problem violations(ConstraintViolationException e, String requestId) {
        List<Problem.Violation> fields = Violations.of(e);
        String detail = fields.isEmpty()
                ? "The request is not valid."
                : fields.getFirst().field() + " " + fields.getFirst().message() + ".";
        Problem base = Problem.of(ErrorCode.INVALID_REQUEST, detail, requestId);
        return new Problem(
                base.type(), base.title(), base.status(), base.code(), detail, base.retryable(), requestId, fields);
    }

    private static Problem ofStatus(WebApplicationException e, String requestId) {
        // For the framework an address with a number that is none does not exist.
        int status = e.getCause() instanceof NumberFormatException
                ? 400
                : e.getResponse().getStatus();
        ErrorCode code = switch (status) {
            case 401 -> ErrorCode.UNAUTHENTICATED;
            case 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 413 -> ErrorCode.BODY_TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 503 -> ErrorCode.UNAVAILABLE;
            default -> status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
        String detail = switch (code) {
            case NOT_FOUND -> "There is nothing at this address.";
            case INVALID_REQUEST -> "The request's body or parameters could not be read.";
            default -> "The request was refused: " + code.wire() + ".";
        };
        return Problem.of(code, detail, requestId);
    }
}
