package io.holdfast.catalog.rest;

import io.holdfast.catalog.issuer.Issuer;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The built-in issuer's public key, for whoever verifies its tokens. */
@Path("/auth/jwks")
@RunOnVirtualThread
@Tag(name = "Access", description = "Keys that tokens are verified with")
public class JwksResource {

    private final Instance<Issuer> issuer;

    JwksResource(Instance<Issuer> issuer) {
        this.issuer = issuer;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @PermitAll
    @Operation(summary = "JSON Web Key Set")
    public String keys() {
        return issuer.get().jwks();
    }
}
