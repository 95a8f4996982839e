package io.holdfast.cli.output;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sizes, times and durations as people read them. */
public final class Human {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ENGLISH);

    /** {@code 512 B}, {@code 1.5 GiB}: three digits or four. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** In the reader's zone, which is named; nothing for nothing. */
    public static String time(@Nullable Instant instant, ZoneId zone) {
        return instant == null ? "" : TIME.format(instant.atZone(zone));
    }

    /** {@code 9.3s}, {@code 4m 02s}, {@code 3h 05m}. */
    public static String duration(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds < 10
                    ? String.format(Locale.ROOT, "%.1fs", Math.max(0, time.toMillis()) / 1000.0)
                    : seconds + "s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%dm %02ds", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%dh %02dm", seconds / 3600, seconds / 60 % 60);
    }

    /** Seconds with a fraction, as records carry them. */
    public static String seconds(double seconds) {
        return Double.isFinite(seconds) ? duration(Duration.ofMillis(Math.round(seconds * 1000))) : "";
    }

    private Human() {}
}
