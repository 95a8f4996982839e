package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel of the system that can run the guest.
 *
 * @param image the compressed kernel, readable by this user
 * @param release what {@code uname -r} says under it
 */
public record Kernel(Path image, String release) {
    private static final Pattern IMAGE = Pattern.compile("vmlinuz-(\\d[A-Za-z0-9.+_~-]*)");
    private static final List<String> DRIVERS = List.of("virtio_pci", "virtio_blk", "virtio_rng", "ext4");

    /**
     * The best kernel in {@code /boot}: a cloud kernel if there is one (it boots fastest), then the newest.
     *
     * @throws IOException with what to do when there is none
     */
    public static Kernel find() throws IOException {
        return find(Path.of("/boot"), Path.of("/lib/modules"));
    }

    static Kernel find(Path boot, Path modules) throws IOException {
        try (Stream<Path> files = Files.list(boot)) {
            return files.map(Kernel::of)
                    .flatMap(Stream::ofNullable)
                    .filter(kernel ->
                            Files.isReadable(kernel.image()) && Files.isDirectory(modules.resolve(kernel.release())))
                    .max(Comparator.comparing(
                                    (Kernel kernel) -> kernel.release().contains("cloud"))
                            .thenComparing(Kernel::release, Kernel::compareVersions))
                    .orElseThrow(() -> new IOException("no readable kernel with its modules in " + boot
                            + ": install linux-image-cloud-amd64 (Debian) or linux-image-virtual (Ubuntu; there also"
                            + " chmod a+r /boot/vmlinuz-*)"));
        }
    }

    private static @Nullable Kernel of(Path image) {
        Matcher matcher = IMAGE.matcher(String.valueOf(image.getFileName()));
        return matcher.matches() ? new Kernel(image, matcher.group(1)) : null;
    }

    static int compareVersions(String left, String right) {
        String[] a = left.split("[^0-9]+", -1);
        String[] b = right.split("[^0-9]+", -1);
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            int order = Long.compare(number(a[i]), number(b[i]));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.length, b.length);
    }

    private static long number(String digits) {
        return digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
    }

    /** The module files that the guest has to insert, in order; drivers built into the kernel are not among them. */
    List<Path> modules() throws IOException, InterruptedException {
        Set<Path> files = new LinkedHashSet<>();
        for (String driver : DRIVERS) {
            for (String line : dependencies(driver)) {
                if (line.startsWith("insmod ")) {
                    files.add(Path.of(line.substring("insmod ".length()).strip().split(" ", 2)[0]));
                }
            }
        }
        return new ArrayList<>(files);
    }

    private List<String> dependencies(String driver) throws IOException, InterruptedException {
        // kmod lives in sbin, which is not on an ordinary user's PATH.
        String modprobe = Files.isExecutable(Path.of("/usr/sbin/modprobe")) ? "/usr/sbin/modprobe" : "/sbin/modprobe";
        List<String> command = List.of(modprobe, "-S", release, "--show-depends", driver);
        try {
            return Command.run(Duration.ofSeconds(10), command).lines().toList();
        } catch (IOException e) {
            if (driver.equals("virtio_rng")) {
                return List.of(); // only makes the guest's random numbers come sooner
            }
            throw e;
        }
    }
}
