package io.holdfast.storage;

import java.util.regex.Pattern;

/**
 * The name of an object: 1 to 20 segments joined by {@code /}, each 1 to 128 characters of {@code [a-z0-9._-]} that does
 * not begin with a dot. The narrow alphabet makes a key safe as a file path and as an S3 key, byte order equal to string
 * order, and {@code ..} impossible.
 *
 * @param value the key's text
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {

    private static final Pattern VALID =
            Pattern.compile("[a-z0-9_-][a-z0-9._-]{0,127}(/[a-z0-9_-][a-z0-9._-]{0,127}){0,19}");

    public ObjectKey {
        if (value.length() > 700 || !VALID.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "not an object key: " + value.substring(0, Math.min(80, value.length())));
        }
    }

    /** A key of these segments. */
    public static ObjectKey of(String... segments) {
        return new ObjectKey(String.join("/", segments));
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
