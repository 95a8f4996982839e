package io.holdfast.storage;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The grammar of {@link ObjectStoreUrl}. */
final class ObjectStoreUrlParser {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]");
    private static final int MAX_URL = 2048;
    /** With the longest key (700) below the 1,024 bytes that S3 allows. */
    private static final int MAX_PREFIX = 200;

    private ObjectStoreUrlParser() {}

    static ObjectStoreUrl parse(String text) {
        if (text.length() > MAX_URL) {
            throw refused("The URL is longer than " + MAX_URL + " characters.");
        }
        if (text.indexOf('@') >= 0) {
            throw refused(
                    "A vault URL must not carry a user name or a password (an @ was found); hand keys over apart.");
        }
        URI uri = uri(text);
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refused("A vault URL has no part after ? or #.");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "file" -> directory(uri);
            case "s3+http" -> s3(uri, false);
            case "s3+https" -> s3(uri, true);
            default ->
                throw refused(
                        "A vault URL begins with file:///, s3+http:// or s3+https://, not with \"" + scheme + "\".");
        };
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw refused("Not a URL: " + e.getReason() + ".");
        }
    }

    private static ObjectStoreUrl directory(URI uri) {
        if (uri.getRawAuthority() != null || !uri.toString().regionMatches(true, 0, "file:///", 0, 8)) {
            throw refused("A directory is written with three slashes, file:///path, and names no host.");
        }
        List<String> segments = segments(uri);
        if (segments.isEmpty()) {
            throw refused("The root directory cannot be a vault; name a directory below it.");
        }
        return new ObjectStoreUrl.Directory(Path.of("/" + String.join("/", segments)));
    }

    private static ObjectStoreUrl s3(URI uri, boolean tls) {
        if (uri.getHost() == null) {
            throw refused("The URL names no valid host: s3+http://host:port/bucket is wanted.");
        }
        List<String> segments = segments(uri);
        if (segments.isEmpty()) {
            throw refused("The URL names no bucket: s3+http://host:port/bucket is wanted.");
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        String prefix = String.join("/", segments.subList(1, segments.size()));
        return new ObjectStoreUrl.S3(tls, uri.getHost().toLowerCase(Locale.ROOT), port, segments.getFirst(), prefix);
    }

    /** The decoded segments; one slash at the end is allowed. */
    private static List<String> segments(URI uri) {
        String raw = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (raw.toLowerCase(Locale.ROOT).contains("%2f") || raw.contains("%00")) {
            throw refused("The path holds an encoded slash or NUL.");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String inner = path.startsWith("/") ? path.substring(1) : path;
        if (inner.endsWith("/")) {
            inner = inner.substring(0, inner.length() - 1);
        }
        if (inner.isEmpty()) {
            return List.of();
        }
        List<String> segments = List.of(inner.split("/", -1));
        segments.forEach(ObjectStoreUrlParser::checkSegment);
        return segments;
    }

    private static void checkSegment(String segment) {
        boolean dots = segment.equals(".") || segment.equals("..");
        if (segment.isEmpty() || dots || segment.chars().anyMatch(Character::isISOControl)) {
            throw refused("The path holds an empty segment, . or .., or a control character.");
        }
    }

    static void checkS3(String host, int port, String bucket, String prefix) {
        if (!HOST.matcher(host).matches() || host.length() > 255) {
            throw refused("The URL names no valid host.");
        }
        if (port < 1 || port > 65535) {
            throw refused("The port must be 1 to 65535.");
        }
        if (!BUCKET.matcher(bucket).matches()
                || bucket.contains("..")
                || ADDRESS.matcher(bucket).matches()) {
            throw refused("A bucket's name has 3 to 63 characters of a-z, 0-9, dot and hyphen.");
        }
        if (!prefix.isEmpty() && (prefix.length() > MAX_PREFIX || !isKey(prefix))) {
            throw refused("What follows the bucket may hold segments of a-z, 0-9, dot, underscore and hyphen, in all "
                    + MAX_PREFIX + " characters.");
        }
    }

    private static boolean isKey(String prefix) {
        try {
            return !new ObjectKey(prefix).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static IllegalArgumentException refused(String sentence) {
        return new IllegalArgumentException(sentence);
    }
}
