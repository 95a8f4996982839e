package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Disks that qemu-nbd serves, with and without a dirty bitmap. */
class DirectNbdTest extends DirectTest {

    private static final long SIZE = 64L * MIB;

    private @Nullable Process server;

    @AfterEach
    void stop() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
    }

    private Path image() throws Exception {
        Path image = folder.resolve("disk.qcow2");
        command("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), Long.toString(SIZE));
        io(image, "write -P 1 0 3M");
        io(image, "write -P 2 30M 1M");
        return image;
    }

    private static void io(Path image, String what) throws Exception {
        command("qemu-io", "-f", "qcow2", "-c", what, image.toString());
    }

    private Path raw(Path image, String name) throws Exception {
        Path raw = folder.resolve(name);
        command("qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(), raw.toString());
        return raw;
    }

    private static void command(String... words) throws Exception {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
    }

    private String serve(Path image, String... options) throws Exception {
        List<String> readOnly = new ArrayList<>(List.of("-r"));
        readOnly.addAll(List.of(options));
        return serving(image, readOnly);
    }

    private String serving(Path image, List<String> options) throws Exception {
        stop();
        Path socket = folder.resolve("nbd");
        Files.deleteIfExists(socket);
        List<String> words = new ArrayList<>(List.of("qemu-nbd", "-t", "-f", "qcow2", "-x", "the disk", "-k"));
        words.add(socket.toString());
        words.addAll(options);
        words.add(image.toString());
        server = new ProcessBuilder(words).inheritIO().start();
        Awaitility.await().until(() -> Files.exists(socket));
        return "nbd+unix:///the%20disk?socket=" + socket;
    }

    private static String[] since(JsonNode point, String bitmap) {
        return new String[] {"--bitmap", bitmap, "--base", point.get("point").asText()};
    }

    @Test
    void with_a_bitmap_only_what_it_holds_is_read() throws Exception {
        Path image = image();
        JsonNode first = backup(serve(image));
        assertThat(first.get("readBytes").asLong()).isEqualTo(4L * MIB);
        stop();
        Path before = raw(image, "before");
        command("qemu-img", "bitmap", "--add", "-g", "64K", image.toString(), "since");
        io(image, "write -P 3 1M 64k");
        io(image, "write -z 30M 128k");
        JsonNode second = backup(serve(image, "-B", "since"), since(first, "since"));
        // Sixteen blocks that are all the same.
        assertThat(second.get("newBytes").asLong()).isEqualTo(4096);
        // And the sample that the engine compares.
        assertThat(second.get("readBytes").asLong()).isLessThan(2L * MIB);
        stop();
        restores(first.get("point").asText(), before);
        restores(second.get("point").asText(), raw(image, "after"));
    }

    @Test
    void without_the_bitmap_that_was_named_all_is_read_and_compared() throws Exception {
        Path image = image();
        JsonNode first = backup(serve(image));
        String uri = serve(image);
        List<String> words = new ArrayList<>(List.of(url(), "--vm", "web", "vda=" + uri, "-o", "json"));
        words.addAll(List.of(since(first, "nosuch")));
        var ran = run("backup", words.toArray(String[]::new));
        assertThat(ran.err()).contains("disk vda was read in full");
        JsonNode second = document(ran);
        assertThat(second.get("readBytes").asLong()).isEqualTo(4L * MIB);
        assertThat(second.get("newBytes").asLong()).isZero();
    }

    @Test
    void an_export_that_can_be_written_takes_a_disk_with_its_zeros() throws Exception {
        Path image = image();
        String point = backup(serve(image)).get("point").asText();
        stop();
        Path target = folder.resolve("target.qcow2");
        command("qemu-img", "create", "-q", "-f", "qcow2", target.toString(), Long.toString(SIZE));
        io(target, "write -P 9 0 64M");
        String uri = serving(target, List.of());
        var unasked = run("restore", url(), point, "vda=" + uri);
        assertThat(unasked.exit()).isEqualTo(4);
        assertThat(unasked.err()).contains("--overwrite");
        var ran = run("restore", url(), point, "vda=" + uri, "--overwrite");
        assertThat(ran.exit()).as(ran.err()).isZero();
        stop();
        command("qemu-img", "compare", image.toString(), target.toString());

        var refused = run("restore", url(), point, "vda=" + serve(image), "--overwrite");
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.err()).contains("read-only");
        stop();
        Path small = folder.resolve("small.qcow2");
        command("qemu-img", "create", "-q", "-f", "qcow2", small.toString(), "1M");
        String tooSmall = serving(small, List.of());
        assertThat(run("restore", url(), point, "vda=" + tooSmall, "--overwrite")
                        .err())
                .contains("has 1048576 bytes");
        assertThat(run("restore", url(), point, "vda=nbd://far.example/x").exit())
                .isEqualTo(2);
    }

    @Test
    void a_bitmap_counts_from_a_point_that_is_there() throws Exception {
        Path image = image();
        var ran = run(
                "backup",
                url(),
                "--vm",
                "web",
                "vda=" + serve(image),
                "--bitmap",
                "since",
                "--base",
                "00000000-0000-4000-8000-000000000000");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).contains("point-not-found");
    }

    @Test
    void a_server_that_is_not_there_is_named() {
        var ran = run("backup", url(), "--vm", "web", "vda=nbd+unix:///x?socket=" + folder.resolve("none"));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("nbd-error").contains("vda");
    }
}
