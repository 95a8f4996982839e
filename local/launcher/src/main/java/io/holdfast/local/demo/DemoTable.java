package io.holdfast.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Locale;

/** Prints a demo's result. */
final class DemoTable {

    static void print(DemoResult result, boolean json, PrintStream out) {
        if (json) {
            try {
                out.println(new ObjectMapper().writeValueAsString(result));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a record of plain fields is writable", e);
            }
            return;
        }
        if (result.points().isEmpty()) {
            return;
        }
        out.println();
        out.println("  KIND         CONSISTENCY    DISK SIZE       READ     STORED  SECONDS  VERIFIED BY THE GUEST");
        for (DemoResult.Point point : result.points()) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-12s %-11s %8.1f MiB %6.1f MiB %6.1f MiB  %7.2f  %s",
                    point.kind().name().toLowerCase(Locale.ROOT),
                    point.consistency().name().toLowerCase(Locale.ROOT),
                    mib(point.virtualBytes()),
                    mib(point.readBytes()),
                    mib(point.storedBytes()),
                    point.seconds(),
                    point.verified() ? "yes" : "NO"));
        }
        out.println(
                "  restored in place over damaged disks: " + (result.restoredInPlace() ? "verified" : "NOT VERIFIED"));
    }

    private static double mib(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private DemoTable() {}
}
