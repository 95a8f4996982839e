package io.holdfast.catalog.rest;

import io.holdfast.api.Headers;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.UUID;

/** Every request has an id, the client's own when it is well-formed; it comes back with the answer. */
@Provider
@PreMatching
public class RequestIds implements ContainerRequestFilter, ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request) {
        String given = request.getHeaderString(Headers.REQUEST_ID);
        if (given == null || !given.matches("[A-Za-z0-9._-]{1,64}")) {
            request.getHeaders().putSingle(Headers.REQUEST_ID, UUID.randomUUID().toString());
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String id = request.getHeaderString(Headers.REQUEST_ID);
        if (id != null) {
            response.getHeaders().putSingle(Headers.REQUEST_ID, id);
        }
    }
}
