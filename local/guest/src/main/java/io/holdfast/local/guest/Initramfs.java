package io.holdfast.local.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The guest's root file system in memory: busybox, the kernel modules it needs, and {@code init.sh}. */
final class Initramfs {
    private static final List<Path> BUSYBOX =
            List.of(Path.of("/usr/bin/busybox"), Path.of("/bin/busybox"), Path.of("/usr/lib/busybox/busybox"));

    private Initramfs() {}

    static void write(Path target, Kernel kernel) throws IOException, InterruptedException {
        try (OutputStream file = Files.newOutputStream(target);
                OutputStream zipped = new GZIPOutputStream(file);
                CpioArchive archive = new CpioArchive(zipped)) {
            for (String folder : List.of("bin", "dev", "modules")) {
                archive.folder(folder);
            }
            archive.characterDevice("dev/console", 5, 1);
            archive.executable("bin/busybox", Files.readAllBytes(busybox()));
            archive.link("bin/sh", "busybox");
            archive.executable("init", resource("init.sh"));
            modules(archive, kernel);
        }
    }

    private static void modules(CpioArchive archive, Kernel kernel) throws IOException, InterruptedException {
        List<String> order = new ArrayList<>();
        for (Path module : kernel.modules()) {
            String name = String.valueOf(module.getFileName()).replaceFirst("\\.ko(\\.[a-z]+)?$", ".ko");
            archive.executable("modules/" + name, plain(module));
            order.add(name + "\n");
        }
        archive.executable(
                "modules/order", String.join("", order).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** The module as the guest's insmod wants it; some systems compress theirs. */
    private static byte[] plain(Path module) throws IOException, InterruptedException {
        String name = module.toString();
        if (name.endsWith(".gz")) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(module))) {
                return in.readAllBytes();
            }
        }
        String tool = name.endsWith(".xz") ? "xz" : name.endsWith(".zst") ? "zstd" : "";
        if (tool.isEmpty()) {
            return Files.readAllBytes(module);
        }
        Path copy = Files.createTempFile("holdfast-module", ".ko");
        try {
            // Not through a string: a module is binary.
            Process process = new ProcessBuilder(tool, "-dc", name)
                    .redirectOutput(copy.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(Duration.ofSeconds(20)) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(tool + " cannot unpack " + name);
            }
            return Files.readAllBytes(copy);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static Path busybox() throws IOException {
        for (Path path : BUSYBOX) {
            if (Files.isReadable(path)) {
                return path;
            }
        }
        throw new IOException("no busybox: install busybox-static");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("resource " + name + " is missing");
            }
            return in.readAllBytes();
        }
    }
}
