package io.holdfast.catalog.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.Headers;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.Secrets;
import io.holdfast.catalog.domain.NewJob;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Who sent this request, and how a repetition of it is recognised. */
@RequestScoped
class Tickets {

    private static final String KEY = "[A-Za-z0-9._:-]{1,100}";

    private final SecurityIdentity identity;
    private final HttpHeaders headers;
    private final Secrets secrets;
    private final ObjectMapper json;

    Tickets(SecurityIdentity identity, HttpHeaders headers, Secrets secrets, ObjectMapper json) {
        this.identity = identity;
        this.headers = headers;
        this.secrets = secrets;
        this.json = json;
    }

    /** The ticket of this request; {@code operation} and {@code body} are what a repetition has to have in common. */
    NewJob.Ticket of(String operation, @Nullable Object body) {
        String key = headers.getHeaderString(Headers.IDEMPOTENCY_KEY);
        if (key != null && !key.matches(KEY)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "An idempotency key has 1 to 100 letters, digits and . _ : -");
        }
        String requestId = headers.getHeaderString(Headers.REQUEST_ID);
        return new NewJob.Ticket(
                identity.getPrincipal().getName(),
                requestId == null ? "-" : requestId,
                key,
                secrets.fingerprint(operation + " " + text(body)));
    }

    private String text(@Nullable Object body) {
        try {
            return body == null ? "" : json.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A request's body cannot be written", e);
        }
    }
}
