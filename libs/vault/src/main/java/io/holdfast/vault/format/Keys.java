package io.holdfast.vault.format;

import io.holdfast.storage.ObjectKey;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where objects of a vault are. Names come from {@link io.holdfast.vault.crypto.KeyRing#name}. */
public final class Keys {

    public static final ObjectKey HEADER = ObjectKey.of("vault");
    public static final String SLOTS = "keys/";
    public static final String POINTS = "points/";
    public static final String PACKS = "packs/";
    public static final String SESSIONS = "sessions/";
    public static final String JOURNALS = "journal/";
    public static final String BEATS = "beats/";
    public static final String GENERATIONS = "generations/";

    private static final Pattern POINT = Pattern.compile("points/([0-9a-f]{32})/([0-7][0-9a-f]{15})");
    private static final Pattern GENERATION = Pattern.compile("generations/([0-7][0-9a-f]{15})");
    private static final Pattern PACK = Pattern.compile("packs/([0-9a-f]{2})/([0-9a-f]{32})");
    private static final Pattern OF_SESSION =
            Pattern.compile("(sessions|journal|beats)/([0-9a-f]{32})/([0-9a-f]{1,32})");
    private static final Pattern HEX_ID = Pattern.compile("[0-9a-f]{32}");

    private Keys() {}

    public static ObjectKey slot(String id) {
        return ObjectKey.of("keys", id);
    }

    /** Whether this is the key of a slot, whatever the object is. */
    public static boolean isSlot(ObjectKey key) {
        return key.value().startsWith(SLOTS)
                && HEX_ID.matcher(key.value().substring(SLOTS.length())).matches();
    }

    public static ObjectKey pack(String id) {
        if (!HEX_ID.matcher(id).matches()) {
            throw new FormatException("not a pack id");
        }
        return ObjectKey.of("packs", id.substring(0, 2), id);
    }

    /** Where the sessions of a job are; the name is hidden. */
    public static String sessions(String name) {
        return SESSIONS + name + "/";
    }

    public static ObjectKey session(String name, String id) {
        return new ObjectKey(sessions(name) + id);
    }

    public static String journals(String session) {
        return JOURNALS + session + "/";
    }

    public static String beats(String session) {
        return BEATS + session + "/";
    }

    public static ObjectKey generation(long number) {
        return new ObjectKey(GENERATIONS + String.format("%016x", number));
    }

    /** The number of a generation's key, or empty when the key is none. */
    public static OptionalLong generation(ObjectKey key) {
        Matcher matcher = GENERATION.matcher(key.value());
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1), 16)) : OptionalLong.empty();
    }

    /** The id of a pack's key, or empty when the key is none. */
    public static Optional<String> packId(ObjectKey key) {
        Matcher matcher = PACK.matcher(key.value());
        return matcher.matches() && matcher.group(2).startsWith(matcher.group(1))
                ? Optional.of(matcher.group(2))
                : Optional.empty();
    }

    /** The session's id in the key of a session, journal or beat, or empty when the key is none. */
    public static Optional<String> sessionId(ObjectKey key) {
        Matcher matcher = OF_SESSION.matcher(key.value());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(matcher.group("sessions".equals(matcher.group(1)) ? 3 : 2));
    }

    public static String points(String vmName) {
        return POINTS + vmName + "/";
    }

    public static ObjectKey point(String vmName, long sequence) {
        return new ObjectKey(points(vmName) + String.format("%016x", sequence));
    }

    /** The sequence of a manifest's key, or empty when the key is none. */
    public static OptionalLong sequence(ObjectKey key) {
        Matcher matcher = POINT.matcher(key.value());
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(2), 16)) : OptionalLong.empty();
    }
}
