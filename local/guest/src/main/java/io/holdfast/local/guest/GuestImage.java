package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Kernel and initramfs of the guest, ready to boot.
 *
 * @param kernel kernel image
 * @param initramfs compressed root file system
 */
public record GuestImage(Path kernel, Path initramfs) {
    /** Finds a kernel and writes the initramfs into {@code folder}; takes well under a second. */
    public static GuestImage build(Path folder) throws IOException, InterruptedException {
        Kernel kernel = Kernel.find();
        Files.createDirectories(folder);
        Path initramfs = folder.resolve("guest-initramfs.gz");
        Initramfs.write(initramfs, kernel);
        return new GuestImage(kernel.image(), initramfs);
    }
}
