package io.holdfast.cli.http;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a catalog answers and what is shown to it.
 *
 * @param url {@code http(s)://host[:port]}, without {@code /api/v1}, user or query
 */
public record CatalogAddress(URI url, @Nullable BearerToken token) {

    public CatalogAddress {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused("The catalog's URL has to begin with http:// or https://.");
        }
        if (url.getHost() == null || url.getRawUserInfo() != null) {
            throw refused("The catalog's URL has to be http(s)://HOST[:PORT], without user or password.");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw refused("The catalog's URL has no query and no fragment.");
        }
    }

    /** The address of this text. */
    public static CatalogAddress of(String url, @Nullable BearerToken token) {
        try {
            return new CatalogAddress(URI.create(url.strip()), token);
        } catch (IllegalArgumentException e) {
            throw refused("The catalog's URL cannot be read: http(s)://HOST[:PORT] is expected.");
        }
    }

    /** {@code /api/v1/...} below this address; the path begins with a slash and is encoded already. */
    URI resolve(String pathAndQuery) {
        String base = url.toString();
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        return URI.create(base + "/api/v1" + pathAndQuery);
    }

    private static ApiException refused(String sentence) {
        return new ApiException(ErrorCode.INVALID_REQUEST, sentence);
    }
}
