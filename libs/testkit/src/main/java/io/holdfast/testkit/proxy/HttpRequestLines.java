package io.holdfast.testkit.proxy;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds HTTP/1.1 request lines in what a client sends, without following bodies. */
final class HttpRequestLines implements Tap.Listener {

    private static final int LONGEST = 4 << 10;
    private static final Pattern LINE =
            Pattern.compile("(GET|HEAD|PUT|POST|DELETE|PATCH) (/[!-~]{0," + (LONGEST - 64) + "}) HTTP/1\\.1\r\n");
    private static final Pattern QUERY = Pattern.compile("\\?.*");
    private static final Pattern NAME =
            Pattern.compile("(?<=/)(?:[0-9a-f]{2}|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|[0-9]+)(?=/|$)");

    private final Consumer<String> out;
    private String tail = "";

    HttpRequestLines(Consumer<String> out) {
        this.out = out;
    }

    @Override
    public void sent(byte[] bytes) {
        String text = tail + new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher line = LINE.matcher(text);
        int end = 0;
        while (line.find()) {
            String path = QUERY.matcher(line.group(2)).replaceFirst("");
            out.accept(line.group(1) + " " + NAME.matcher(path).replaceAll("{id}"));
            end = line.end();
        }
        tail = text.substring(Math.max(end, text.length() - LONGEST));
    }
}
