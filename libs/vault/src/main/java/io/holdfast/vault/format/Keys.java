package io.holdfast.vault.format;

import io.holdfast.storage.ObjectKey;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where objects of a vault are. Names come from {@link io.holdfast.vault.crypto.KeyRing#name}. */
public final class Keys {

    public static final ObjectKey HEADER = ObjectKey.of("vault");
    public static final String SLOTS = "keys/";
    public static final String POINTS = "points/";

    private static final Pattern POINT = Pattern.compile("points/([0-9a-f]{32})/([0-7][0-9a-f]{15})");
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

    public static ObjectKey session(String name) {
        return ObjectKey.of("sessions", name);
    }

    public static String journals(String name) {
        return "journal/" + name + "/";
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
