package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One of the guest's two disks.
 *
 * @param file the image
 * @param format its format, never to be probed
 */
public record GuestDisk(Path file, Format format) {
    /** Size of the first disk in bytes: 96 MiB. */
    public static final long FIRST_BYTES = 96L << 20;
    /** Size of the second disk in bytes: 64 MiB + 36 KiB, not a multiple of 64 KiB. */
    public static final long SECOND_BYTES = (64L << 20) + (36L << 10);

    private static final long BLOCK = 4096;
    private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(60);

    /** Format of a disk's file. */
    public enum Format {
        QCOW2,
        RAW;

        /** As qemu-img and libvirt spell it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Makes the first disk with an empty ext4 file system. */
    public static GuestDisk first(Path file, Format format) throws IOException, InterruptedException {
        return make(file, format, FIRST_BYTES, FIRST_BYTES / BLOCK);
    }

    /** Makes the second disk; its file system ends 36 KiB before the disk does, the guest stamps that end. */
    public static GuestDisk second(Path file, Format format) throws IOException, InterruptedException {
        return make(file, format, SECOND_BYTES, (64L << 20) / BLOCK);
    }

    private static GuestDisk make(Path file, Format format, long bytes, long blocks)
            throws IOException, InterruptedException {
        Path raw = file.resolveSibling(file.getFileName() + ".new");
        try {
            run("qemu-img", "create", "-q", "-f", "raw", raw.toString(), Long.toString(bytes));
            String mkfs =
                    Files.isExecutable(Path.of("/usr/sbin/mkfs.ext4")) ? "/usr/sbin/mkfs.ext4" : "/sbin/mkfs.ext4";
            // The block size is said because small disks would get 1 KiB, which init.sh's geometry does not expect.
            run(mkfs, "-q", "-F", "-b", Long.toString(BLOCK), raw.toString(), Long.toString(blocks));
            run("qemu-img", "convert", "-f", "raw", "-O", format.text(), raw.toString(), file.toString());
        } finally {
            Files.deleteIfExists(raw);
        }
        return new GuestDisk(file, format);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Command.run(TOOL_TIMEOUT, List.of(command));
    }
}
