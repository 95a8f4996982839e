package io.holdfast.snapshot;

import io.holdfast.local.guest.Orphans;
import io.holdfast.testkit.qemu.OwnLibvirtForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A session-mode libvirtd of the test's own with one pool {@code default}; nothing of the user's is touched. As root it runs
 * in a user namespace, because a root libvirtd would be the system's.
 */
final class OwnLibvirt implements AutoCloseable {

    final Path home;
    final Path pool;
    private final long tightBytes;

    /** One that runs already. */
    OwnLibvirt(Path home) {
        this(home, 0);
    }

    private OwnLibvirt(Path home, long tightBytes) {
        this.home = home;
        this.pool = home.resolve("pool");
        this.tightBytes = tightBytes;
    }

    /** A new one. */
    static OwnLibvirt create() {
        return create(0);
    }

    /** A new one that has a second pool {@code tight} on a file system of so many bytes, which nobody else sees. */
    static OwnLibvirt create(long tightBytes) {
        try {
            Path home = Files.createTempDirectory(
                    Path.of("/tmp"),
                    "hfl",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            for (String folder : List.of("rt", "cfg", "cache", "data", "pool", "nbd", "tight")) {
                Files.createDirectory(home.resolve(folder));
            }
            // A host may want TLS of every NBD server; unix sockets have to work there all the same.
            Path configuration = Files.createDirectory(home.resolve("cfg/libvirt"));
            TestFiles.write(
                    configuration.resolve("qemu.conf"),
                    "nbd_tls = 1\nstdio_handler = \"file\"\n" + OwnLibvirtForTests.FEW_QUESTIONS);
            OwnLibvirt made = new OwnLibvirt(home, tightBytes);
            made.launch();
            made.virsh("pool-define-as", "default", "dir", "--target", made.pool.toString());
            made.virsh("pool-start", "default");
            if (tightBytes > 0) {
                made.virsh(
                        "pool-define-as",
                        "tight",
                        "dir",
                        "--target",
                        home.resolve("tight").toString());
                made.virsh("pool-start", "tight");
            }
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void launch() throws IOException {
        List<String> command = new ArrayList<>();
        if (tightBytes > 0) {
            String mount = "mount -t tmpfs -o size=\"$0\" tmpfs \"$1\" && shift && exec \"$@\"";
            command.addAll(List.of("unshare", "-U", "-r", "-m", "sh", "-c", mount));
            command.addAll(
                    List.of(Long.toString(tightBytes), home.resolve("tight").toString()));
        }
        if (tightBytes > 0 || "root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "-U", "--map-user=1000", "--map-group=1000"));
        }
        command.addAll(List.of("libvirtd", "-p", home.resolve("rt/pid").toString()));
        ProcessBuilder builder = new ProcessBuilder(Orphans.collected(command))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile());
        Map<String, String> env = builder.environment();
        String path = env.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        env.clear();
        env.put("PATH", path + ":/usr/sbin:/sbin");
        env.put("HOME", home.toString());
        env.put("XDG_CONFIG_HOME", home.resolve("cfg").toString());
        env.put("XDG_CACHE_HOME", home.resolve("cache").toString());
        env.put("XDG_DATA_HOME", home.resolve("data").toString());
        env.put("XDG_RUNTIME_DIR", home.resolve("rt").toString());
        builder.start();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private boolean answers() {
        try {
            Shell.run("virsh", "-q", "-c", uri(), "list");
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Ends the daemon and starts it again; domains go on. */
    void restart() {
        try {
            stop();
            launch();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String uri() {
        return "qemu:///session?socket=" + home.resolve("rt/libvirt/libvirt-sock");
    }

    /** The same daemon by another address, for a second source. */
    String otherUri() {
        return uri() + "&no_tty=1";
    }

    String virsh(String... arguments) {
        return Hands.run(uri(), arguments);
    }

    @Override
    public void close() {
        try {
            for (String id : virsh("list", "--all", "--uuid").split("\\s+", -1)) {
                if (!id.isBlank()) {
                    quietly("destroy", id);
                }
            }
            stop();
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stop() throws IOException {
        Hands.let(uri());
        long pid = Long.parseLong(Files.readString(home.resolve("rt/pid")).strip());
        ProcessHandle.of(pid).ifPresent(p -> {
            p.destroy();
            p.onExit().orTimeout(15, TimeUnit.SECONDS).join();
        });
    }

    void quietly(String... arguments) {
        try {
            virsh(arguments);
        } catch (IllegalStateException e) {
            // It was gone already.
            return;
        }
    }
}
