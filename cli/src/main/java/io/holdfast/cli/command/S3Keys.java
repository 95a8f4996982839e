package io.holdfast.cli.command;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What signs requests to an S3 store; never shown. */
public record S3Keys(@Nullable String accessKey, @Nullable String secretKey) {

    /**
     * Reads {@code aws_access_key_id = ...} and {@code aws_secret_access_key = ...} lines, where section names and other
     * settings are passed over; or two lines, the key and its secret.
     *
     * @throws IllegalArgumentException when one is missing, or there are several of one
     */
    static S3Keys parse(String text) {
        String access = null;
        String secret = null;
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            String name = equals < 0 ? "" : line.substring(0, equals).strip();
            String value = equals < 0 ? "" : line.substring(equals + 1).strip();
            switch (name) {
                case "aws_access_key_id", "access-key" -> access = once(access, value);
                case "aws_secret_access_key", "secret-key" -> secret = once(secret, value);
                default -> {
                    // Not ours.
                }
            }
        }
        if (access == null && secret == null) {
            return ofTwoLines(text);
        }
        if (access == null || secret == null) {
            throw new IllegalArgumentException("aws_access_key_id=... and aws_secret_access_key=... are expected");
        }
        return new S3Keys(access, secret);
    }

    private static S3Keys ofTwoLines(String text) {
        List<String> lines =
                text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.size() != 2 || lines.stream().anyMatch(line -> line.startsWith("[") || line.contains(" "))) {
            throw new IllegalArgumentException(
                    "aws_access_key_id=... and aws_secret_access_key=..., or the two alone, one a line, are expected");
        }
        return new S3Keys(lines.get(0), lines.get(1));
    }

    private static String once(@Nullable String before, String value) {
        if (before != null) {
            throw new IllegalArgumentException("it holds several keys; put the vault's own into a file by itself");
        }
        return value;
    }

    @Override
    public String toString() {
        return "S3Keys[...]";
    }
}
