package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.cli.Shell;
import io.holdfast.cli.Terminal;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.access.Stores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A restore never says that it is done when it is not, and takes nothing that is not its own. */
class DirectRestoreTest extends DirectTest {

    private final List<String> loops = new ArrayList<>();

    @AfterEach
    void detach() {
        loops.forEach(loop -> command("losetup", "-d", loop));
    }

    private String point(Path... disks) {
        List<String> all = new ArrayList<>(List.of(url(), "--vm", "web", "-o", "json"));
        for (int i = 0; i < disks.length; i++) {
            all.add("vd" + (char) ('a' + i) + "=" + disks[i]);
        }
        return document(run("backup", all.toArray(String[]::new))).get("point").asText();
    }

    private static String command(String... words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? said : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** A block device of so many bytes, full of ones. */
    private Path device(long bytes) throws IOException {
        Path file = folder.resolve("device-" + loops.size());
        byte[] ones = new byte[MIB];
        java.util.Arrays.fill(ones, (byte) 1);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            for (long at = 0; at < bytes; at += MIB) {
                open.write(ones, 0, (int) Math.min(MIB, bytes - at));
            }
        }
        String loop = command("losetup", "-f", "--show", file.toString());
        assumeTrue(!loop.isEmpty(), "no loop device can be made here, so no block device is restored to");
        loops.add(loop);
        return Path.of(loop);
    }

    @Test
    void a_block_device_is_overwritten_with_zeros_where_the_disk_has_them() throws IOException {
        Path disk = disk("disk");
        String point = point(disk);
        Path device = device(66L * MIB);
        Terminal.Ran refused = run("restore", url(), point, "vda=" + device);
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.err()).contains("--overwrite");
        assertThat(run("restore", url(), point, "vda=" + device, "--overwrite").exit())
                .isZero();
        Path read = folder.resolve("read");
        command("dd", "if=" + device, "of=" + read, "bs=512", "count=" + (Files.size(disk) / 512), "status=none");
        assertThat(Files.mismatch(read, disk)).isEqualTo(-1);
        // And back: what is on the device can be backed up.
        assertThat(document(run("backup", url(), "--vm", "device", "vda=" + device, "-o", "json"))
                        .get("virtualBytes")
                        .asLong())
                .isEqualTo(66L * MIB);
    }

    @Test
    void a_device_that_is_too_small_or_named_twice_or_in_use_is_refused_before_it_is_written() throws IOException {
        String point = point(disk("a"), disk("b"));
        Path small = device(MIB);
        assertThat(run("restore", url(), point, "vda=" + small, "--overwrite").err())
                .contains("has " + MIB + " bytes");
        Path device = device(66L * MIB);
        Path other = Files.createSymbolicLink(folder.resolve("link"), device);
        Terminal.Ran twice = run("restore", url(), point, "vda=" + device, "vdb=" + other, "--overwrite");
        assertThat(twice.exit()).isEqualTo(4);
        assertThat(twice.err()).contains("are one place");
        try (Posix hold = Posix.open(device, Posix.O_RDWR | Posix.O_EXCL)) {
            assertThat(hold.isOpen()).isTrue();
            assertThat(run("restore", url(), point, "vda=" + device, "--overwrite")
                            .err())
                    .contains("is in use");
        }
        try (RandomAccessFile open = new RandomAccessFile(device.toFile(), "r")) {
            assertThat(open.read()).isEqualTo(1);
        }
    }

    @Test
    void two_disks_never_go_into_one_file() throws IOException {
        String point = point(disk("a"), disk("b"));
        Path out = folder.resolve("out");
        Terminal.Ran ran = run("restore", url(), point, "vda=" + out, "vdb=" + folder.resolve("./out"));
        assertThat(ran.exit()).isEqualTo(4);
        assertThat(ran.err()).contains("are one place");
        assertThat(out).doesNotExist();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void a_pack_that_a_restored_disk_shares_with_another_is_found_damaged_before_anything_is_written()
            throws IOException {
        String point = point(disk("a"), disk("b"));
        Files.delete(packs().getFirst());
        Path out = folder.resolve("out");
        for (String disk : List.of("vda", "vdb")) {
            Terminal.Ran ran = run("restore", url(), point, disk + "=" + out);
            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).as(disk).contains("Nothing was written");
        }
    }

    @Test
    void links_that_lead_nowhere_and_folders_that_are_not_there_are_refused_at_once() throws IOException {
        String point = point(disk("disk"));
        Path nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
        assertThat(run("restore", url(), point, "vda=" + nowhere).exit()).isEqualTo(4);
        assertThat(folder.resolve("gone")).doesNotExist();
        Terminal.Ran ran = run("restore", url(), point, "vda=" + folder.resolve("no/folder"));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("there is none");
    }

    @Test
    void a_name_that_was_taken_meanwhile_costs_nothing() throws IOException {
        Path out = folder.resolve("out");
        DiskTarget target = LocalTarget.open(out, 4096, false);
        target.write(0, java.nio.ByteBuffer.wrap("restored".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(out, "somebody else's");
        target.sync();
        assertThatThrownBy(target::appear).hasMessageContaining("is complete in");
        target.close();
        assertThat(out).hasContent("somebody else's");
        assertThat(Files.readString(unfinished().getFirst())).startsWith("restored");
    }

    @Test
    void a_target_that_is_closed_before_it_is_synced_leaves_nothing() throws IOException {
        DiskTarget target = LocalTarget.open(folder.resolve("out"), 4096, false);
        assertThat(unfinished()).hasSize(1);
        target.close();
        target.close();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void an_error_in_a_thread_is_never_a_success() throws Exception {
        Path disk = disk("disk");
        String point = point(disk);
        var out = new ByteArrayOutputStream();
        Shell shell = new Terminal(folder).shell(out, out);
        try (ObjectStore store = Stores.open(url(), null, null);
                Passphrase passphrase = Passphrase.of(PASSPHRASE);
                Vault vault = Vault.open(store, passphrase);
                DiskTarget target = LocalTarget.open(folder.resolve("out"), Files.size(disk), false)) {
            PointManifest found =
                    vault.point(java.util.UUID.fromString(point), "web").orElseThrow();
            InstantSource clock = () -> {
                if (Thread.currentThread().getName().startsWith("restore-")) {
                    throw new OutOfMemoryError("scripted");
                }
                return java.time.Instant.EPOCH;
            };
            var progress = new DirectProgress(shell.progress(1), clock, "web", "restore", 1);
            var copy = new DiskCopy(vault.open(found).disk("vda"), target, progress);
            assertThatThrownBy(copy::run).isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(unfinished()).isEmpty();
    }
}
