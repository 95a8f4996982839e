package io.holdfast.local.demo;

import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.local.suite.Folders;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.RefusedException;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which the demo has a suite and a libvirt of its own. Whatever an earlier demo left there, even one that was
 * killed, is found by its processes' environment and start times, ended and removed. One demo at a time: a file lock, beside the
 * folder because the folder vanishes, says so.
 */
final class DemoGround implements AutoCloseable {

    /** Says that a folder is a demo's: everything in it may be removed. */
    private static final String MARKER = ".holdfast-demo";

    private static final String LIBVIRT = "lv";

    private final Home home;
    private final Supervisor supervisor;
    private final OwnLibvirt libvirt;
    private final FileChannel lock;

    private DemoGround(Home home, OwnLibvirt libvirt, FileChannel lock) {
        this.home = home;
        this.supervisor = new Supervisor(home);
        this.libvirt = libvirt;
        this.lock = lock;
    }

    /**
     * The ground that belongs to a user's state folder; nothing of an earlier demo is left on it.
     *
     * @throws RefusedException when another demo is on it, or when somebody else's files are
     */
    static DemoGround cleared(Home userHome) throws IOException, InterruptedException {
        Folders.claim(userHome.root(), Home.MARKER);
        FileChannel lock = lock(userHome.root().resolve("demo.lock"));
        try {
            Path root = place(userHome.root());
            Folders.refuseUnlessEmpty(root, MARKER);
            Home home = new Home(root);
            if (Folders.isMarked(root, MARKER)) {
                new DemoGround(home, OwnLibvirt.in(root.resolve(LIBVIRT)), lock).clear();
            }
            Folders.claim(root, MARKER);
            Files.createFile(root.resolve(Home.MARKER));
            return new DemoGround(home, OwnLibvirt.in(root.resolve(LIBVIRT)), lock);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Below the state folder; where that makes libvirt's sockets' paths too long, in a short folder of its own. */
    static Path place(Path userRoot) throws IOException {
        Path usual = userRoot.resolve("demo");
        if (usual.resolve(LIBVIRT).toString().getBytes(StandardCharsets.UTF_8).length <= OwnLibvirt.MAX_FOLDER_BYTES) {
            return usual;
        }
        CRC32 sum = new CRC32();
        sum.update(userRoot.toString().getBytes(StandardCharsets.UTF_8));
        Path own = Path.of("/tmp", "holdfast-demo-%08x".formatted(sum.getValue()));
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (Files.exists(own, LinkOption.NOFOLLOW_LINKS)
                && !Files.getAttribute(own, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(self)) {
            throw RefusedException.byRule(own + " belongs to somebody else. Set HOLDFAST_HOME to a path of at most "
                    + (OwnLibvirt.MAX_FOLDER_BYTES - "/demo/".length() - LIBVIRT.length()) + " bytes.");
        }
        return own;
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = new RandomAccessFile(file.toFile(), "rw").getChannel();
        @Nullable Object lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw RefusedException.byRule("Another demo runs in " + file.getParent()
                    + ". Wait for its end, or set HOLDFAST_HOME to another folder.");
        }
        return channel;
    }

    SuiteFile start(Consumer<String> say) throws IOException, InterruptedException {
        libvirt.start();
        return supervisor.startDetached(Installation.ofSystem(), false, say).suite();
    }

    Home home() {
        return home;
    }

    OwnLibvirt libvirt() {
        return libvirt;
    }

    /** A folder of the demo's own, made when absent. */
    Path folder(String name) {
        Path folder = home.root().resolve(name);
        Home.privateFolder(folder);
        return folder;
    }

    /** Ends every process and removes every file. */
    void clear() throws IOException, InterruptedException {
        supervisor.stop();
        libvirt.stop();
        // Those of views: only now is the QEMU dead that listened.
        home.removeDeadSockets();
        Folders.remove(home.root(), MARKER);
    }

    /** Lets the next demo onto the ground; does not clear it. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
