package io.holdfast.snapshot.rest;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Acting;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** A process that waits answers no request that reaches it. */
@Provider
@Singleton
public class ActiveOnly implements ContainerRequestFilter {

    private final Acting acting;

    ActiveOnly(Acting acting) {
        this.acting = acting;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!acting.active() && request.getUriInfo().getPath().startsWith("/api/")) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "This snapshot-service is not the active one: it starts, or another looks after the hypervisors."
                            + " Ask again.");
        }
    }
}
