package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Command;
import io.holdfast.testkit.qemu.OwnLibvirtForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A file system of a few MiB as a storage pool. */
final class TightScratch implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NAME = "tight";

    private final long bytes;
    private final long limit;
    private @Nullable Path folder;

    TightScratch(long bytes, long limit) {
        this.bytes = bytes;
        this.limit = limit;
    }

    long limitBytes() {
        return limit;
    }

    /** Makes it; its name. */
    String pool(OwnLibvirtForTests libvirt) throws IOException, InterruptedException {
        Path made = Files.createDirectory(libvirt.folder().resolve(NAME));
        Command.run(PATIENCE, List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", made.toString()));
        folder = made;
        libvirt.virsh().directoryPool(NAME, made);
        return NAME;
    }

    @Override
    public void close() throws IOException {
        if (folder != null) {
            try {
                // Whoever still has a file there keeps it only for itself.
                Command.run(PATIENCE, List.of("umount", "-l", folder.toString()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            folder = null;
        }
    }
}
