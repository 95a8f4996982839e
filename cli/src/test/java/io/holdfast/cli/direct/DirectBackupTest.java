package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import io.holdfast.vault.Range;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backup stores the disk as it is, and what is wrong with the vault is said. */
class DirectBackupTest extends DirectTest {

    private Path state(String vault) {
        return folder.resolve("home/.local/state/holdfast/" + vault + ".json");
    }

    private String vault() throws IOException {
        try (var files = Files.list(folder.resolve("home/.local/state/holdfast"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - 5))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void a_file_that_is_written_or_cut_while_it_is_read_makes_no_point() throws IOException {
        Path disk = disk("disk");
        try (FileDiskSource source = FileDiskSource.open("vda", disk)) {
            source.refuseWritten();
            try (RandomAccessFile open = new RandomAccessFile(disk.toFile(), "rw")) {
                open.setLength(MIB);
            }
            // Nothing but zeros, as far as the file system tells: that is no error by itself.
            assertThat(ranges(source)).isNotEmpty();
            assertThatThrownBy(source::refuseWritten).hasMessageContaining("was written while it was read");
        }
    }

    private static List<Range> ranges(FileDiskSource source) {
        List<Range> ranges = new ArrayList<>();
        source.allocated().forEachRemaining(ranges::add);
        return ranges;
    }

    @Test
    void holes_are_where_the_file_system_tells() throws IOException {
        Path disk = disk("disk");
        try (FileDiskSource source = FileDiskSource.open("vda", disk)) {
            List<Range> ranges = ranges(source);
            assertThat(ranges).hasSize(3);
            assertThat(ranges.getFirst().offset()).isZero();
            assertThat(ranges.getLast().end()).isEqualTo(Files.size(disk));
            assertThat(ranges.stream().mapToLong(Range::length).sum()).isLessThan(6L * MIB);
        }
        for (long size : new long[] {0, 5L * MIB}) {
            Path empty = folder.resolve("empty-" + size);
            try (RandomAccessFile open = new RandomAccessFile(empty.toFile(), "rw")) {
                open.setLength(size);
            }
            try (FileDiskSource source = FileDiskSource.open("vda", empty)) {
                assertThat(ranges(source)).isEmpty();
            }
            JsonNode made = backup(empty.toString());
            assertThat(made.get("virtualBytes").asLong()).isEqualTo(size);
            restores(made.get("point").asText(), empty);
        }
    }

    @Test
    void a_base_whose_map_is_damaged_costs_a_full_backup_and_no_more() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        Path pack = packs().getLast();
        byte[] good = Files.readAllBytes(pack);
        int damagedBases = 0;
        // Nodes of the map lie before the hash list and the directory at the end.
        for (int back = 1000; back < 60_000; back += 6000) {
            Files.write(pack, good);
            flip(pack, Math.max(16, good.length - back));
            Terminal.Ran ran = run("backup", url(), "--vm", "web", "vda=" + disk, "-o", "json");
            assertThat(ran.exit()).as(ran.err()).isZero();
            // Elsewhere a block of the base is damaged, which only reading it shows.
            if (ran.err().contains("base point in the vault cannot be used")) {
                damagedBases++;
                restores(Samples.read(ran.out()).get("point").asText(), disk);
            }
            Files.delete(manifests().getLast());
            Files.deleteIfExists(state(vault()));
        }
        assertThat(damagedBases).isPositive();
    }

    @Test
    void what_cannot_be_remembered_is_told_before_anything_is_read() throws IOException {
        Path disk = disk("disk");
        String first = backup(disk.toString()).get("point").asText();
        Path state = state(vault());
        for (String broken : List.of("{}", "{\"heads\":null}", "null", "{\"heads\":{\"web\":null}}", "{\"hea")) {
            Files.writeString(state, broken);
            Terminal.Ran ran = run("backup", url(), "--vm", "web", "vda=" + disk);
            assertThat(ran.exit()).as(broken).isEqualTo(1);
            assertThat(ran.err()).as(broken).contains("rolled back").contains(state.toString());
        }
        Files.delete(state);
        assertThat(document(run("points", url(), "-o", "json")))
                .extracting(point -> point.get("point").asText())
                .containsExactly(first);
    }

    @Test
    void a_state_folder_that_cannot_be_made_is_told_before_anything_is_read() throws IOException {
        Files.createDirectories(folder.resolve("home/.local"));
        Files.writeString(folder.resolve("home/.local/state"), "a file");
        Terminal.Ran ran = run("backup", url(), "--vm", "web", "vda=" + disk("disk"));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("XDG_STATE_HOME");
        assertThat(manifestCount()).isZero();
    }

    private long manifestCount() throws IOException {
        return Files.exists(folder.resolve("vault/points")) ? manifests().size() : 0;
    }

    @Test
    void a_machine_whose_only_manifest_is_damaged_is_said_aloud_by_everybody() throws IOException {
        backup(disk("disk").toString());
        Files.delete(state(vault()));
        flip(manifests().getFirst(), 200);
        Terminal.Ran verified = run("verify", url(), "-o", "json");
        assertThat(verified.exit()).isEqualTo(1);
        assertThat(Samples.read(verified.out()).get("ok").asBoolean()).isFalse();
        assertThat(verified.err()).contains("none can be read");
        assertThat(run("points", url()).err()).contains("none can be read");
        assertThat(run("restore", url(), "abcdef", "vda=" + folder.resolve("out"))
                        .err())
                .contains("as far as it can be read");
    }

    @Test
    void a_damaged_newest_manifest_is_named_and_the_others_are_listed() throws IOException {
        Path disk = disk("disk");
        String first = backup(disk.toString()).get("point").asText();
        write(disk, 0, MIB, 12);
        backup(disk.toString());
        flip(manifests().getLast(), 200);
        Terminal.Ran ran = run("points", url(), "-o", "json");
        assertThat(ran.exit()).as("not all that there is was seen").isEqualTo(1);
        assertThat(Samples.read(ran.out()))
                .extracting(p -> p.get("point").asText())
                .containsExactly(first);
        assertThat(ran.err()).contains("point number 2 of web");
        assertThat(run("verify", url()).exit()).isEqualTo(1);
    }

    @Test
    void a_vault_from_which_all_points_of_a_machine_vanished_says_so() throws IOException {
        backup(disk("disk").toString());
        for (Path manifest : manifests()) {
            Files.delete(manifest);
        }
        assertThat(run("points", url()).err()).contains("point number 1 of web").contains("rolled back");
        Terminal.Ran ofOne = run("points", url(), "--vm", "web");
        assertThat(ofOne.exit()).isEqualTo(3);
        assertThat(ofOne.err()).contains("rolled back");
        assertThat(run("verify", url()).exit()).isEqualTo(1);
    }

    @Test
    void what_a_point_cannot_hold_is_refused_before_anything_is_read() throws IOException {
        Path disk = disk("disk");
        List<String> words = new ArrayList<>(List.of(url(), "--vm", "web"));
        for (int i = 0; i < 257; i++) {
            words.add("d" + i + "=" + disk);
        }
        assertThat(run("backup", words.toArray(String[]::new)).exit()).isEqualTo(2);
        assertThat(run("backup", url(), "--vm", "w\uFFFDb", "vda=" + disk).exit())
                .isEqualTo(2);
    }

    @Test
    void a_secret_file_is_not_an_argument_file_and_must_be_text() throws IOException {
        Path disk = disk("disk");
        Path secret = Files.writeString(folder.resolve("secret"), "correct horse\n");
        assertThat(run("backup", url(), "--vm", "web", "@" + secret).err()).doesNotContain("correct");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'a', 'b', 'c', -4, -4, -4, -4, 'x', 'y', '\n'});
        var ran = run("backup", url(), "--vm", "web", "vda=" + disk, "--passphrase-file", binary.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("UTF-8");
    }
}
