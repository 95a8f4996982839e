package io.holdfast.local.objectstore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the command line says.
 *
 * @param directory where the objects are kept
 * @param credentialsFile holds the keys, see {@link ServerCredentials}
 * @param port 0 to 65535; 0 takes a free one
 * @param buckets to be made when absent
 * @param endsWithStdin whether the end of standard input, so the starter's death, ends the server
 */
record ServerOptions(Path directory, Path credentialsFile, int port, List<String> buckets, boolean endsWithStdin) {

    static final String USAGE =
            "usage: --directory DIR --credentials-file FILE [--port N] [--bucket NAME]..." + " [--ignore-stdin]";
    private static final Set<String> NAMES = Set.of("--directory", "--credentials-file", "--port");
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** @throws IllegalArgumentException with a sentence for people */
    static ServerOptions parse(String... arguments) {
        Map<String, String> values = new TreeMap<>();
        List<String> buckets = new ArrayList<>();
        boolean endsWithStdin = true;
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--ignore-stdin")) {
                endsWithStdin = false;
            } else if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("no value for " + name);
            } else if (name.equals("--bucket")) {
                buckets.add(bucket(arguments[++i]));
            } else if (!NAMES.contains(name) || values.put(name, arguments[++i]) != null) {
                throw new IllegalArgumentException("unknown or given twice: " + name);
            }
        }
        return new ServerOptions(
                Path.of(wanted(values, "--directory")),
                Path.of(wanted(values, "--credentials-file")),
                port(values.getOrDefault("--port", "0")),
                List.copyOf(buckets),
                endsWithStdin);
    }

    private static String wanted(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("missing: " + name);
        }
        return value;
    }

    private static String bucket(String name) {
        if (!BUCKET.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException("not a bucket's name: " + name);
        }
        return name;
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + text);
        }
        return port;
    }
}
