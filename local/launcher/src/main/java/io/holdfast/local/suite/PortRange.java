package io.holdfast.local.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A range of ports.
 *
 * @param first the lowest
 * @param last the highest
 */
record PortRange(int first, int last) {

    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    /** The kernel's own default. */
    private static final PortRange LINUX = new PortRange(32_768, 60_999);

    private static final PortRange LOW = new PortRange(20_000, 32_000);
    private static final PortRange HIGH = new PortRange(61_500, 65_000);

    /** Ports that the system does not give to outgoing connections. */
    static PortRange toKeep() {
        return outside(outgoing());
    }

    /** The larger of two usual ranges, cut by what is taken from it; that one itself where hardly anything is left. */
    static PortRange outside(PortRange outgoing) {
        if (outgoing.first() > LOW.last()) {
            return LOW;
        }
        if (outgoing.first() > LOW.first() + 1000) {
            return new PortRange(LOW.first(), outgoing.first() - 1);
        }
        if (outgoing.last() < HIGH.last() - 1000) {
            return new PortRange(Math.max(outgoing.last() + 1, HIGH.first()), HIGH.last());
        }
        return outgoing.first() > 2000 ? new PortRange(1500, outgoing.first() - 1) : LOW;
    }

    private static PortRange outgoing() {
        // One line by one read of ample size: some kernels answer a second one with nothing.
        try (InputStream in = Files.newInputStream(OUTGOING)) {
            byte[] bytes = new byte[64];
            int length = Math.max(0, in.read(bytes));
            String[] ends = new String(bytes, 0, length, StandardCharsets.US_ASCII)
                    .strip()
                    .split("\\s+", 2);
            return ends.length == 2 ? new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[1])) : LINUX;
        } catch (IOException | NumberFormatException e) {
            return LINUX;
        }
    }
}
