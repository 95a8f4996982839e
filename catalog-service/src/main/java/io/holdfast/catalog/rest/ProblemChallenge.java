package io.holdfast.catalog.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.smallrye.jwt.runtime.auth.JWTAuthMechanism;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Set;
import java.util.UUID;

/**
 * Bearer tokens as Quarkus checks them, except that a request without one is answered with a problem like every other error:
 * it is refused before JAX-RS and its exception mappers are reached.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class ProblemChallenge implements HttpAuthenticationMechanism {

    private final JWTAuthMechanism tokens;
    private final ObjectMapper json;

    ProblemChallenge(JWTAuthMechanism tokens, ObjectMapper json) {
        this.tokens = tokens;
        this.json = json;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        return tokens.authenticate(context, identities);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return tokens.getChallenge(context);
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return tokens.getCredentialTypes();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return tokens.getCredentialTransport(context);
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        var response = context.response();
        response.setStatusCode(401);
        response.putHeader("WWW-Authenticate", "Bearer");
        response.putHeader("Content-Type", Problem.MEDIA_TYPE);
        return Uni.createFrom()
                .completionStage(response.end(body()).toCompletionStage())
                .replaceWith(true);
    }

    private String body() {
        String request = UUID.randomUUID().toString();
        try {
            return json.writeValueAsString(
                    Problem.of(ErrorCode.UNAUTHENTICATED, "A valid bearer token is needed.", request));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
