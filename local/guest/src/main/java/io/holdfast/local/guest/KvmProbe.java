package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Whether guests really run with KVM here. A device file says little: nested or half-working KVM opens and then hangs, so
 * the probe boots the guest's kernel. The answer is remembered until the machine boots again.
 */
public final class KvmProbe {
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private KvmProbe() {}

    /**
     * Boots a guest for at most 20 s; answers at once where there is no KVM device or {@code folder} holds the answer of
     * an earlier probe.
     *
     * @param mark variables for the environment of its QEMU, by which somebody who comes later finds it
     */
    public static boolean works(GuestImage image, Path folder, Map<String, String> mark)
            throws IOException, InterruptedException {
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            return false;
        }
        Path answer = folder.resolve("kvm-probe");
        String boot = OsProcess.boot();
        if (Files.exists(answer)) {
            String remembered = Files.readString(answer);
            if (remembered.startsWith(boot)) {
                return remembered.endsWith("yes");
            }
        }
        boolean works = boots(image, folder, mark);
        Files.writeString(answer, boot + (works ? " yes" : " no"));
        return works;
    }

    private static boolean boots(GuestImage image, Path folder, Map<String, String> mark)
            throws IOException, InterruptedException {
        Path console = Files.createTempFile(folder, "kvm-probe", ".log");
        ProcessBuilder builder = new ProcessBuilder(command(image, console))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(mark);
        Process qemu = builder.start();
        try {
            Deadline.after(PATIENCE).until(INTERVAL, () -> !qemu.isAlive() || ready(console));
            return ready(console);
        } finally {
            qemu.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            Files.deleteIfExists(console);
        }
    }

    private static boolean ready(Path console) throws IOException {
        return new Console(console).lines().contains("READY probe");
    }

    private static List<String> command(GuestImage image, Path console) {
        return List.of(
                "qemu-system-x86_64",
                "-accel",
                "kvm",
                "-machine",
                "q35",
                "-cpu",
                "max",
                "-m",
                "256",
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initramfs().toString(),
                "-append",
                GuestXml.COMMAND_LINE + GuestXml.PROBE,
                "-serial",
                "file:" + console);
    }
}
