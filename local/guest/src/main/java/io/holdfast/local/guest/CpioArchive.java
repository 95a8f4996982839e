package io.holdfast.local.guest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes the "newc" archive that Linux unpacks as its first root file system.
 *
 * <p>Source of the format: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst. Not thread-safe.
 */
final class CpioArchive implements AutoCloseable {
    private static final int FOLDER = 0040755;
    private static final int FILE = 0100755;
    private static final int LINK = 0120777;
    private static final int CHARACTER_DEVICE = 0020600;

    private final OutputStream out;
    private int inode = 1;
    private int written;

    CpioArchive(OutputStream out) {
        this.out = out;
    }

    void folder(String name) throws IOException {
        entry(name, FOLDER, new byte[0], 0, 0);
    }

    void executable(String name, byte[] content) throws IOException {
        entry(name, FILE, content, 0, 0);
    }

    void link(String name, String target) throws IOException {
        entry(name, LINK, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    void characterDevice(String name, int major, int minor) throws IOException {
        entry(name, CHARACTER_DEVICE, new byte[0], major, minor);
    }

    private void entry(String name, int mode, byte[] content, int major, int minor) throws IOException {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int[] fields = {inode++, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, nameBytes.length, 0};
        StringBuilder header = new StringBuilder("070701");
        for (int field : fields) {
            header.append(String.format(Locale.ROOT, "%08x", field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(nameBytes);
        pad();
        write(content);
        pad();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(4 - written % 4) % 4]);
    }

    @Override
    public void close() throws IOException {
        entry("TRAILER!!!", 0, new byte[0], 0, 0);
        out.close();
    }
}
