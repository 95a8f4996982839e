package io.holdfast.local.guest;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A session-mode libvirt daemon of one's own: all its state lies in one folder, it shares no domain, network, pool or
 * socket with the user's libvirt.
 *
 * <p>Run by root, libvirtd would become the system's daemon; in a user namespace where root has another number it is a
 * session daemon, and its files and sockets still belong to root outside. Thread-safe.
 */
public final class OwnLibvirt implements AutoCloseable {
    /** Longest state folder in bytes: below it libvirt makes monitor sockets, whose paths end at 107 bytes (unix(7)). */
    public static final int MAX_FOLDER_BYTES = 41;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final int ROUNDS = 5;

    private final Path folder;

    private OwnLibvirt(Path folder) {
        this.folder = folder;
    }

    /**
     * Prepares the state folder (0700, made when absent); starts nothing.
     *
     * @throws IOException when the folder cannot be made or its path is longer than {@link #MAX_FOLDER_BYTES}
     */
    public static OwnLibvirt in(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        int length = absolute.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_FOLDER_BYTES) {
            throw new IOException("the path " + absolute + " has " + length + " bytes; at most " + MAX_FOLDER_BYTES
                    + " are possible, because sockets are made below it: choose a shorter one (HOLDFAST_HOME)");
        }
        OwnLibvirt libvirt = new OwnLibvirt(absolute);
        libvirt.prepare();
        return libvirt;
    }

    private void prepare() throws IOException {
        var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder, onlyOwner);
        for (String name : List.of("c", "cache", "data", "rt")) {
            Files.createDirectories(folder.resolve(name), onlyOwner);
        }
        Path config = Files.createDirectories(folder.resolve("c/libvirt"));
        // No virtlogd: QEMU writes its logs and consoles itself, one process less to look after.
        Files.writeString(
                config.resolve("qemu.conf"), "stdio_handler = \"file\"\nsecurity_driver = \"none\"\nnamespaces = []\n");
        Files.writeString(config.resolve("libvirtd.conf"), "log_outputs = \"3:stderr\"\n");
    }

    /** Where clients of this user connect to. */
    public String uri() {
        return "qemu:///session?socket=" + encoded(socket().toString());
    }

    public Virsh virsh() {
        return new Virsh(uri());
    }

    /** As a value in a URI's query: what is not a letter, a digit or one of {@code /-._~} is percent-encoded (RFC 3986). */
    private static String encoded(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    private Path socket() {
        return folder.resolve("rt/libvirt/libvirt-sock");
    }

    /** The daemon in the foreground, with an environment of its own; output is the caller's to redirect. */
    public ProcessBuilder process() {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("unshare", "-U", "--map-user=1000", "--map-group=1000"));
        }
        Path sbin = Path.of("/usr/sbin/libvirtd");
        command.addAll(List.of(
                Files.isExecutable(sbin) ? sbin.toString() : "libvirtd",
                "-p",
                folder.resolve("rt/pid").toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "LC_ALL", "C",
                        "HOME", folder.toString(),
                        "XDG_CONFIG_HOME", folder.resolve("c").toString(),
                        "XDG_CACHE_HOME", folder.resolve("cache").toString(),
                        "XDG_DATA_HOME", folder.resolve("data").toString(),
                        "XDG_RUNTIME_DIR", folder.resolve("rt").toString()));
        builder.redirectInput(new File("/dev/null"));
        return builder;
    }

    /** Whether the daemon accepts connections now. */
    public boolean answers() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Starts the daemon, unless one answers, and waits until it does. It outlives this JVM: {@link #close} ends it.
     *
     * @throws IOException when it does not answer within 20 s; the message ends with its log's last lines
     */
    public void start() throws IOException, InterruptedException {
        if (answers()) {
            return;
        }
        File log = folder.resolve("libvirtd.log").toFile();
        Process daemon = collected()
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        Deadline.after(START_TIMEOUT).until(INTERVAL, () -> answers() || !daemon.isAlive());
        if (!answers()) {
            List<String> lines = Files.readAllLines(log.toPath());
            throw new IOException("libvirtd did not start; its log ends: "
                    + String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size())));
        }
    }

    /** The daemon below a parent that is not marked: it is nobody's to find, and ends after all of them. */
    private ProcessBuilder collected() {
        ProcessBuilder daemon = process();
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i"));
        daemon.environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(daemon.command());
        ProcessBuilder builder = new ProcessBuilder(Orphans.collected(command));
        builder.environment().clear();
        return builder.redirectInput(new File("/dev/null"));
    }

    /** The QEMU process of a running domain, as libvirt recorded it. */
    public OsProcess qemu(String domain) throws IOException {
        Path file = folder.resolve("rt/libvirt/qemu/run").resolve(domain + ".pid");
        long pid = Long.parseLong(Files.readString(file).strip());
        return OsProcess.of(pid).orElseThrow(() -> new IOException("QEMU of " + domain + " is gone"));
    }

    /** The daemon itself, if it runs. */
    public Optional<OsProcess> daemon() throws IOException {
        return OsProcess.withVariable(daemonMark()::equals).stream().findFirst();
    }

    /** Everything that runs here: the daemon and its QEMU processes. Also finds what a killed parent left behind. */
    public List<OsProcess> processes() throws IOException {
        // Not by HOME: were the state folder somebody's home, that would find all they run.
        String guest = "XDG_CACHE_HOME=" + folder.resolve("c/libvirt") + "/";
        return OsProcess.withVariable(variable -> variable.equals(daemonMark()) || variable.startsWith(guest));
    }

    /** Variables for a process that belongs here without being the daemon's child: {@link #processes} finds it by them. */
    public Map<String, String> mark() {
        return Map.of("XDG_CACHE_HOME", folder.resolve("c/libvirt/other").toString());
    }

    private String daemonMark() {
        return "XDG_RUNTIME_DIR=" + folder.resolve("rt");
    }

    /**
     * Ends the daemon and every guest of it; definitions and disks stay. Whoever started them, and also when they are
     * gone already. Bounded: about 15 s at worst.
     *
     * @throws IOException when a process does not go
     */
    public void stop() throws IOException, InterruptedException {
        // First the daemon, so that it does not watch its guests die.
        for (OsProcess daemon : OsProcess.withVariable(daemonMark()::equals)) {
            daemon.terminate();
            daemon.awaitEnd(STOP_TIMEOUT);
        }
        // One that is killed may have started another since the list was made.
        List<OsProcess> left = processes();
        for (int round = 0; !left.isEmpty() && round < ROUNDS; round++) {
            OsProcess.killAll(left);
            left = processes();
        }
        if (!left.isEmpty()) {
            throw new IOException("these processes in " + folder + " do not end: " + left);
        }
    }

    /** The same as {@link #stop}, for try-with-resources; an interrupt is kept for the caller to see. */
    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            processes().forEach(OsProcess::kill);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
