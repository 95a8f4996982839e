package io.holdfast.snapshot;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One {@code virsh} per connection, asked again and again: to start one takes far longer than what it is asked. It is fed like
 * a terminal and repeats what it is told; marks before and after a command tell its answer from that.
 */
final class Hands {

    private static final String PROMPT = "virsh # ";
    private static final Map<String, Hands> ALL = new ConcurrentHashMap<>();

    private final Process process;
    private final OutputStream to;
    private final InputStream from;
    private long asked;

    private Hands(String uri) {
        ProcessBuilder builder = new ProcessBuilder("virsh", "-q", "-c", uri).redirectErrorStream(true);
        builder.environment().put("TERM", "dumb");
        builder.environment().put("LC_ALL", "C.UTF-8");
        try {
            process = builder.start();
            to = process.getOutputStream();
            from = new BufferedInputStream(process.getInputStream());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs one command; what virsh calls an error is thrown. */
    static String run(String uri, String... command) {
        return ALL.computeIfAbsent(uri, Hands::new).ask(List.of(command));
    }

    /** Before the daemon goes: a connection to one that went says so instead of doing what it is told. */
    static void let(String uri) {
        Hands hands = ALL.remove(uri);
        if (hands != null) {
            hands.process.destroy();
        }
    }

    private synchronized String ask(List<String> command) {
        // In quotes here and without them when it is said: the marks are not found in the repeated input.
        String begin = "begin-" + ++asked;
        String end = "end-" + asked;
        String line = command.stream().map(Hands::quoted).collect(Collectors.joining(" "));
        try {
            to.write(Stream.of(mark(begin), line, mark(end))
                    .collect(Collectors.joining("\n", "", "\n"))
                    .getBytes(StandardCharsets.UTF_8));
            to.flush();
            until(begin);
            until("\n");
            String said = until("\n" + end);
            String answer = said.substring(0, said.lastIndexOf(PROMPT));
            if (answer.lines().anyMatch(l -> l.startsWith("error: "))) {
                throw new IllegalStateException(command + " failed: " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String mark(String name) {
        return "echo '" + name.charAt(0) + "'" + name.substring(1);
    }

    /** As one word on one line; a tab would be a question. */
    private static String quoted(String word) {
        return "'" + word.replaceAll("\\s", " ").replace("'", "'\\''") + "'";
    }

    private String until(String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < wanted.length) {
            int b = from.read();
            if (b < 0) {
                throw new IOException("virsh ended: " + said.toString(StandardCharsets.UTF_8));
            }
            said.write(b);
            if (b == wanted[matched]) {
                matched++;
            } else {
                // Newline is the only byte of a mark that can also be its beginning.
                matched = b == wanted[0] ? 1 : 0;
            }
        }
        String all = said.toString(StandardCharsets.UTF_8);
        return all.substring(0, all.length() - text.length());
    }
}
