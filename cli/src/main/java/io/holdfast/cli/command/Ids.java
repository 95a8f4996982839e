package io.holdfast.cli.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Ids as people type them: whole, or the first characters of one. */
final class Ids {

    private static final int SHORTEST = 6;
    private static final Pattern WHOLE = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern PREFIX = Pattern.compile("[0-9a-f][0-9a-f-]{" + (SHORTEST - 1) + ",34}");

    /** What {@code ids} may be asked for when it is no id and no prefix of one. */
    static final String EXPECTED =
            " is no id: the whole one or its first " + SHORTEST + " or more characters are expected.";

    static Optional<UUID> whole(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return WHOLE.matcher(lower).matches() ? Optional.of(UUID.fromString(lower)) : Optional.empty();
    }

    static boolean isPrefix(String text) {
        return PREFIX.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /** Those that begin like this. */
    static List<UUID> matching(String prefix, List<UUID> ids) {
        String lower = prefix.toLowerCase(Locale.ROOT);
        return ids.stream().filter(id -> id.toString().startsWith(lower)).toList();
    }

    private Ids() {}
}
