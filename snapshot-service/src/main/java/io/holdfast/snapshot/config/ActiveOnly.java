package io.holdfast.snapshot.config;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** A process that waits answers no request that reaches it. */
@Provider
@Singleton
public class ActiveOnly implements ContainerRequestFilter {

    private final Standby standby;

    ActiveOnly(Standby standby) {
        this.standby = standby;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!standby.active() && request.getUriInfo().getPath().startsWith("/api/")) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "This snapshot-service is not the active one: it starts, or another looks after the hypervisors."
                            + " Ask again.");
        }
    }
}
