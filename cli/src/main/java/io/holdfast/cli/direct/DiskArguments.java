package io.holdfast.cli.direct;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code KEY=PLACE...}: disks by their keys. What is wrong is an {@link IllegalArgumentException} with a sentence. */
final class DiskArguments {

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Places by keys, in the order given. */
    static Map<String, String> parse(List<String> arguments) {
        Map<String, String> disks = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String key = equals < 0 ? "" : argument.substring(0, equals);
            if (!KEY.matcher(key).matches() || equals == argument.length() - 1) {
                throw new IllegalArgumentException(
                        "'" + argument + "' is not KEY=PLACE, as in vda=/srv/disk.raw; a key has"
                                + " letters, digits, '.', '_' and '-', at most 64.");
            }
            if (disks.put(key, argument.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("The disk " + key + " is named twice.");
            }
        }
        return disks;
    }

    private DiskArguments() {}
}
