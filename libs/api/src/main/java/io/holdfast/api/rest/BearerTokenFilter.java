package io.holdfast.api.rest;

import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Puts a service's own token on its requests. The file is read for each request: tokens are small, and the file is replaced
 * while the service runs (a projected service-account token, or the built-in issuer's).
 */
public final class BearerTokenFilter implements ClientRequestFilter {

    private final Path tokenFile;

    public BearerTokenFilter(Path tokenFile) {
        this.tokenFile = tokenFile;
    }

    @Override
    public void filter(ClientRequestContext request) throws IOException {
        String token = Files.readString(tokenFile).strip();
        request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + token);
    }
}
