package io.holdfast.cli.direct;

import io.holdfast.nbd.NbdAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An NBD export by its URI, as the NBD project's doc/uri.md has it: {@code nbd://HOST[:PORT]/EXPORT} in clear on this machine, {@code
 * nbd+unix:///EXPORT?socket=PATH}.
 */
record NbdUri(NbdAddress address, String export) {

    private static final int PORT = 10809;
    private static final String SOCKET = "socket=";

    static boolean isOne(String text) {
        return text.startsWith("nbd:")
                || text.startsWith("nbd+unix:")
                || text.startsWith("nbds:")
                || text.startsWith("nbds+unix:");
    }

    /** What is wrong is an {@link IllegalArgumentException} with a sentence. */
    static NbdUri parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is no NBD URI: " + e.getReason() + ".", e);
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + text + "': a # in a name is written %23.");
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        String export = path.startsWith("/") ? path.substring(1) : path;
        return switch (String.valueOf(uri.getScheme())) {
            case "nbd+unix" -> new NbdUri(new NbdAddress.Unix(socket(text, uri)), export);
            case "nbd" -> new NbdUri(tcp(text, uri), export);
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "': nbd:// on this machine and nbd+unix:// are known here, TLS is not.");
        };
    }

    private static NbdAddress tcp(String text, URI uri) {
        String host = uri.getHost();
        if (host == null || uri.getUserInfo() != null || uri.getRawQuery() != null) {
            throw new IllegalArgumentException("'" + text + "' is not nbd://HOST[:PORT]/EXPORT.");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new NbdAddress.Tcp(bare, uri.getPort() < 0 ? PORT : uri.getPort());
    }

    private static Path socket(String text, URI uri) {
        String query = uri.getRawQuery();
        if (query == null || !query.startsWith(SOCKET) || query.contains("&") || uri.getRawAuthority() != null) {
            throw new IllegalArgumentException("'" + text + "' is not nbd+unix:///EXPORT?socket=PATH.");
        }
        return Path.of(URLDecoder.decode(query.substring(SOCKET.length()).replace("+", "%2B"), StandardCharsets.UTF_8));
    }
}
