package io.holdfast.cli.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of one try of a request. */
sealed interface Attempt {

    /** The server answered. */
    record Answered(int status, String body) implements Attempt {

        // Told by the catalog about somebody else, after it tried: asking again at once only makes people wait.
        private static final Set<ErrorCode> ABOUT_OTHERS =
                Set.of(ErrorCode.SOURCE_UNREACHABLE, ErrorCode.HYPERVISOR_TIMEOUT, ErrorCode.VAULT_UNREACHABLE);
        private static final int MAX_DETAIL = 2000;

        boolean ok() {
            return status >= 200 && status < 300;
        }

        /** Whether the same request may find the server better soon. */
        boolean passing() {
            return (status == 502 || status == 503 || status == 504) && !ABOUT_OTHERS.contains(code());
        }

        /** Whether a gateway may have lost the answer of a server that did it. */
        boolean mayBeDone() {
            return passing() && status != 503;
        }

        /** The body's document. */
        JsonNode document() throws IOException {
            return body.isBlank() ? MissingNode.getInstance() : Json.tree(body);
        }

        ErrorCode code() {
            Problem problem = problem();
            if (problem != null) {
                ErrorCode known = ErrorCode.ofWire(problem.code());
                if (known != ErrorCode.INTERNAL || problem.code().equals(ErrorCode.INTERNAL.wire())) {
                    return known;
                }
            }
            return codeOfStatus();
        }

        String detail() {
            Problem problem = problem();
            if (problem == null || problem.detail() == null || problem.detail().isBlank()) {
                return "The catalog answered HTTP " + status + " without saying why.";
            }
            String detail = problem.detail();
            return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + "...";
        }

        private @Nullable Problem problem() {
            try {
                Problem problem = Json.read(body, Problem.class);
                return problem.code() == null ? null : problem;
            } catch (IOException | NullPointerException e) {
                return null;
            }
        }

        private ErrorCode codeOfStatus() {
            return switch (status) {
                case 400 -> ErrorCode.INVALID_REQUEST;
                case 401 -> ErrorCode.UNAUTHENTICATED;
                case 403, 409 -> ErrorCode.FORBIDDEN;
                case 404 -> ErrorCode.NOT_FOUND;
                case 413 -> ErrorCode.BODY_TOO_LARGE;
                case 502, 503 -> ErrorCode.UNAVAILABLE;
                case 504 -> ErrorCode.DEADLINE_EXCEEDED;
                default -> ErrorCode.INTERNAL;
            };
        }

        /** Without the body, which may hold a recovery key. */
        @Override
        public String toString() {
            return "HTTP " + status;
        }
    }

    /** No connection stood: the server knows nothing of it. */
    record NotSent(Exception cause) implements Attempt {}

    /** It may have arrived; no whole answer came. */
    record Lost(Exception cause) implements Attempt {}
}
