package io.holdfast.cli.direct;

import io.holdfast.nbd.NbdAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

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

    /** What tells an export from others, however its server is called. Two exports of one disk are not told apart from two disks. */
    List<Object> identity() {
        return switch (address) {
            case NbdAddress.Unix unix -> List.of(real(unix.socket()), export);
            case NbdAddress.Tcp tcp -> List.of(resolved(tcp.host()), tcp.port(), export);
            case NbdAddress.Tls tls -> List.of(resolved(tls.host()), tls.port(), export);
        };
    }

    private static Object real(Path socket) {
        try {
            return socket.toRealPath();
        } catch (IOException e) {
            return socket.toAbsolutePath().normalize();
        }
    }

    private static Object resolved(String host) {
        try {
            InetAddress found = InetAddress.getByName(host);
            return found.isLoopbackAddress() ? InetAddress.getLoopbackAddress() : found;
        } catch (UnknownHostException e) {
            return host;
        }
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
