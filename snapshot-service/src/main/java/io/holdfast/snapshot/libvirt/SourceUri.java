package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A libvirt URI that somebody gave, checked. Some of libvirt's parameters name a program that is run on this machine and some
 * turn the checking of the other side off, and libvirt takes their names in any case, percent-encoded, and separated by
 * {@code &} or {@code ;}. So only what is known to be harmless is let through, in its plain form.
 *
 * @param remote whether the hypervisor is on another machine
 */
record SourceUri(boolean remote) {

    private static final Pattern SCHEME = Pattern.compile("qemu(\\+(unix|tls|ssh|libssh2?))?");
    private static final Pattern PATH = Pattern.compile("/(system|session)");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
    /** Where the daemon listens, and where the keys and known hosts are by which both sides know each other. */
    private static final Set<String> PARAMETERS =
            Set.of("socket", "mode", "keyfile", "known_hosts", "pkipath", "sshauth", "no_tty");

    /** Error: {@code source-scheme-unsupported}, or {@code invalid-request} for a password. */
    static SourceUri check(String text) {
        URI uri = parse(text);
        String user = uri.getRawUserInfo();
        if (user != null && (user.contains(":") || user.toLowerCase(Locale.ROOT).contains("%3a"))) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "A password does not belong into a source's URI, which everybody sees who may list sources; give it"
                            + " as the source's credentials.");
        }
        boolean known = uri.getScheme() != null
                && SCHEME.matcher(uri.getScheme()).matches()
                && PATH.matcher(Objects.requireNonNullElse(uri.getRawPath(), ""))
                        .matches()
                && (user == null || USER.matcher(user).matches())
                // An authority that is no host and port.
                && (uri.getRawAuthority() == null || uri.getHost() != null)
                && uri.getRawFragment() == null;
        if (!known) {
            throw unsupported();
        }
        checkParameters(Objects.requireNonNullElse(uri.getRawQuery(), ""));
        String host = uri.getHost();
        return new SourceUri(host != null && !LOCAL.contains(host.toLowerCase(Locale.ROOT)));
    }

    private static URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            // Its message repeats the text, which may hold a password.
            throw unsupported();
        }
    }

    private static void checkParameters(String query) {
        Set<String> seen = new HashSet<>();
        for (String parameter : query.split("[&;]", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
            if (query.isEmpty()) {
                return;
            }
            if (!PARAMETERS.contains(name) || !seen.add(name) || value.chars().anyMatch(Character::isISOControl)) {
                throw new ApiException(
                        ErrorCode.SOURCE_SCHEME_UNSUPPORTED,
                        "A source's URI takes only these parameters, each once and in lower case: "
                                + String.join(", ", PARAMETERS.stream().sorted().toList()) + ".");
            }
        }
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw unsupported();
        }
    }

    private static ApiException unsupported() {
        return new ApiException(
                ErrorCode.SOURCE_SCHEME_UNSUPPORTED,
                "A source is a libvirt URI: qemu:///system, qemu+tls://host/system, qemu+ssh://user@host/system or"
                        + " qemu:///session?socket=PATH.");
    }
}
