package io.holdfast.catalog.domain;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where a vault is: {@code file:///absolute/path} or {@code s3+http(s)://host[:port]/bucket[/prefix]}. Credentials never
 * belong into the URL: it is listed and logged.
 *
 * @param text normal form: two texts for one place give one normal form
 */
public record VaultUrl(String text, boolean s3) {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX_SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._=+-]{0,99}");

    /** Reads and checks a URL; {@code vault-url-invalid} says what is wrong, never repeating the text. */
    public static VaultUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw invalid("It is not a URL.");
        }
        String authority = uri.getRawAuthority();
        if (uri.getRawUserInfo() != null || (authority != null && authority.contains("@"))) {
            throw invalid("Credentials do not belong into the URL; give accessKey and secretKey.");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw invalid("A query or fragment has no meaning here.");
        }
        return switch (uri.getScheme()) {
            case "file" -> file(uri);
            case "s3+http", "s3+https" -> s3(uri);
            case null, default -> throw invalid("It starts with file:///, s3+http:// or s3+https://.");
        };
    }

    private static VaultUrl file(URI uri) {
        String path = uri.getPath();
        if (uri.getRawAuthority() != null || path == null || !path.startsWith("/")) {
            throw invalid("A directory is written file:///absolute/path.");
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            throw invalid("A path has no control characters.");
        }
        Path written;
        try {
            written = Path.of(path);
        } catch (InvalidPathException e) {
            throw invalid("This system cannot write the path.");
        }
        Path normal = written.normalize();
        for (Path part : written) {
            if (part.toString().equals("..") || part.toString().equals(".")) {
                throw invalid("A path has no . or .. in it.");
            }
        }
        if (normal.getNameCount() == 0) {
            throw invalid("The root directory is no place for a vault.");
        }
        return new VaultUrl("file://" + rawPath(normal), false);
    }

    private static String rawPath(Path path) {
        try {
            return new URI(null, null, path.toString(), null).getRawPath();
        } catch (URISyntaxException e) {
            throw invalid("The path cannot be written as a URL.");
        }
    }

    private static VaultUrl s3(URI uri) {
        if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw invalid("An object store is written s3+https://host[:port]/bucket[/prefix].");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        String trimmed = path.replaceAll("/+$", "");
        String[] parts =
                trimmed.isEmpty() ? new String[0] : trimmed.substring(1).split("/", -1);
        if (parts.length == 0 || !BUCKET.matcher(parts[0]).matches() || parts[0].contains("..")) {
            throw invalid("The bucket's name has 3 to 63 characters: a-z, 0-9, dots and dashes.");
        }
        for (int i = 1; i < parts.length; i++) {
            if (!PREFIX_SEGMENT.matcher(parts[i]).matches()) {
                throw invalid("A prefix has letters, digits and . _ = + - between its slashes.");
            }
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String host = uri.getHost().toLowerCase(java.util.Locale.ROOT);
        return new VaultUrl(uri.getScheme() + "://" + host + port + trimmed, true);
    }

    private static ApiException invalid(String why) {
        return new ApiException(ErrorCode.VAULT_URL_INVALID, "The vault's URL is not valid. " + why);
    }
}
