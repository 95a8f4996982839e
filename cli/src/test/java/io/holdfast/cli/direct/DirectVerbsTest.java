package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirectVerbsTest extends DirectTest {

    @Test
    void every_point_restores_byte_for_byte_and_stores_what_changed() throws IOException {
        Path disk = disk("disk");
        JsonNode first = backup(disk.toString());
        assertThat(first.get("virtualBytes").asLong()).isEqualTo(64L * MIB + 512);
        assertThat(first.get("readBytes").asLong()).isBetween(5L * MIB, 6L * MIB);
        assertThat(first.get("storedBytes").asLong()).isGreaterThan(5L * MIB);
        assertThat(first.has("seconds")).isTrue();
        Path before = Files.copy(disk, folder.resolve("before"));

        write(disk, 31L * MIB, 64 << 10, 4);
        JsonNode second = backup(disk.toString());
        assertThat(second.get("newBytes").asLong()).isEqualTo(64 << 10);
        assertThat(second.get("storedBytes").asLong()).isLessThan(100 << 10);

        restores(first.get("point").asText(), before);
        restores(second.get("point").asText().substring(0, 8), disk);
        JsonNode full = backup(disk.toString(), "--full");
        assertThat(full.get("storedBytes").asLong()).isGreaterThan(5L * MIB);
        restores(full.get("point").asText(), disk);
    }

    @Test
    void a_restored_file_is_sparse_and_its_owners_alone() throws Exception {
        String point = backup(disk("disk").toString()).get("point").asText();
        Path out = folder.resolve("out");
        assertThat(run("restore", url(), point, "vda=" + out).exit()).isZero();
        assertThat((Long) Files.getAttribute(out, "size")).isEqualTo(64L * MIB + 512);
        Process du = new ProcessBuilder("du", "-k", out.toString()).start();
        String told = new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Long.parseLong(told.split("\t", -1)[0])).isLessThan(8 * 1024);
        assertThat(Files.getPosixFilePermissions(out))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void a_vault_is_made_where_nothing_is_and_tells_its_id() {
        String url = "file://" + folder.resolve("deep/new");
        JsonNode made = document(run("create", url, "-o", "json"));
        assertThat(made.get("vault").asText()).hasSize(36);
        assertThat(document(run("points", url, "-o", "json"))).isEmpty();
    }

    @Test
    void several_disks_are_one_point_and_restored_as_wanted() throws IOException {
        Path a = disk("a");
        Path b = disk("b");
        write(b, 5L * MIB, MIB, 9);
        JsonNode made = document(run("backup", url(), "--vm", "web", "vda=" + a, "vdb=" + b, "-o", "json"));
        JsonNode points = document(run("points", url(), "-o", "json"));
        assertThat(points).hasSize(1);
        assertThat(points.get(0).get("vm").asText()).isEqualTo("web");
        assertThat(points.get(0).get("disks"))
                .extracting(d -> d.get("key").asText() + d.get("virtualBytes").asLong())
                .containsExactly("vda" + Files.size(a), "vdb" + Files.size(b));
        Path out = folder.resolve("out");
        String point = made.get("point").asText();
        assertThat(run("restore", url(), point, "vdb=" + out).exit()).isZero();
        assertThat(Files.mismatch(out, b)).isEqualTo(-1);
        assertThat(run("restore", url(), point, "vdz=" + folder.resolve("z")).err())
                .contains("vda, vdb");
        assertThat(folder.resolve("z")).doesNotExist();
    }

    @Test
    void points_are_told_oldest_first_and_by_machine() {
        Path disk = disk("disk");
        String first = backup(disk.toString()).get("point").asText();
        document(run("backup", url(), "--vm", "db", "vda=" + disk, "-o", "json"));
        String last = backup(disk.toString()).get("point").asText();
        assertThat(document(run("points", url(), "-o", "json"))).hasSize(3);
        assertThat(document(run("points", url(), "--vm", "web", "-o", "json")))
                .extracting(p -> p.get("point").asText())
                .containsExactly(first, last);
        assertThat(run("points", url(), "--vm", "nobody").exit()).isEqualTo(3);
        JsonNode stats = document(run("stats", url(), "-o", "json"));
        assertThat(stats.get("vms").asInt()).isEqualTo(2);
        assertThat(stats.at("/objects/points/objects").asInt()).isEqualTo(3);
        assertThat(stats.get("storedBytes").asLong()).isGreaterThan(10L * MIB);
    }

    @Test
    void a_point_without_a_definition_says_so_before_anything_is_restored() {
        String point = backup(disk("disk").toString()).get("point").asText();
        Path out = folder.resolve("out");
        Path definition = folder.resolve("web.xml");
        Terminal.Ran ran = run("restore", url(), point, "vda=" + out, "--definition", definition.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("holds no definition");
        assertThat(out).doesNotExist();
        assertThat(definition).doesNotExist();
    }

    @Test
    void nothing_that_is_there_is_written_over() throws IOException {
        String point = backup(disk("disk").toString()).get("point").asText();
        Path there = Files.writeString(folder.resolve("there"), "mine");
        Terminal.Ran ran = run("restore", url(), point, "vda=" + there);
        assertThat(ran.exit()).isEqualTo(4);
        assertThat(ran.err()).contains("is there already");
        assertThat(there).hasContent("mine");
        assertThat(run("restore", url(), point, "vda=" + folder).exit()).isEqualTo(4);
        assertThat(run("restore", url(), point, "vda=/dev/null").exit()).isEqualTo(4);
        Terminal.Ran again = run("create", url());
        assertThat(again.exit()).isEqualTo(4);
        assertThat(again.err()).contains("vault-exists");
    }

    @Test
    void a_damaged_pack_is_named_and_no_file_appears() throws IOException {
        Path disk = disk("disk");
        String point = backup(disk.toString()).get("point").asText();
        Path pack = packs().getFirst();
        try (RandomAccessFile open = new RandomAccessFile(pack.toFile(), "rw")) {
            open.seek(5000);
            open.write(new byte[] {1, 2, 3});
        }
        Path out = folder.resolve("out");
        Terminal.Ran ran = run("restore", url(), point, "vda=" + out);
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .contains("point-damaged")
                .contains(pack.getFileName().toString());
        Files.delete(pack);
        assertThat(run("restore", url(), point, "vda=" + out).err()).contains("Nothing was written");
        assertThat(out).doesNotExist();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void verify_proves_what_is_whole_and_tells_damage_by_point_disk_and_offset() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        write(disk, 31L * MIB, MIB, 5);
        backup(disk.toString());
        JsonNode whole = document(run("verify", url(), "-o", "json"));
        assertThat(whole.get("ok").asBoolean()).isTrue();
        assertThat(whole.get("points"))
                .hasSize(2)
                .allMatch(point -> point.get("ok").asBoolean());
        // The newest is read, of the other one only what it does not share.
        assertThat(whole.at("/points/1/verifiedBytes").asLong()).isGreaterThan(6L * MIB);
        assertThat(whole.at("/points/0/verifiedBytes").asLong()).isLessThan(MIB);
        assertThat(run("verify", url(), "--sample", "10").exit()).isZero();

        Path pack = packs().getFirst();
        try (RandomAccessFile open = new RandomAccessFile(pack.toFile(), "rw")) {
            open.seek(5000);
            open.write(new byte[] {1, 2, 3});
        }
        Terminal.Ran ran = run("verify", url(), "-o", "json");
        assertThat(ran.exit()).isEqualTo(1);
        JsonNode found = Samples.read(ran.out());
        assertThat(found.get("ok").asBoolean()).isFalse();
        JsonNode damage = found.at("/points/1/damages/0");
        assertThat(damage.get("disk").asText()).isEqualTo("vda");
        assertThat(damage.get("object").asText()).endsWith(pack.getFileName().toString());
        assertThat(damage.get("length").asLong()).isBetween(4096L, 256L << 10);
        assertThat(ran.err()).contains("disk vda").contains(" bytes from ");
    }

    @Test
    void a_vault_that_was_rolled_back_says_so() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        write(disk, 0, MIB, 11);
        backup(disk.toString());
        assertThat(run("points", url()).err()).isEmpty();
        try (var manifests = Files.walk(folder.resolve("vault/points"))) {
            Files.delete(
                    manifests.filter(Files::isRegularFile).sorted().toList().getLast());
        }
        assertThat(run("points", url()).err()).contains("rolled back");
        Terminal.Ran verified = run("verify", url());
        assertThat(verified.exit()).isEqualTo(1);
        assertThat(verified.err()).contains("rolled back");
        Terminal.Ran ran = run("backup", url(), "--vm", "web", "vda=" + disk);
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).contains("rolled back");
    }

    @Test
    void what_is_no_disk_is_refused_and_nothing_is_stored() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        for (String source : List.of("pipe", ".")) {
            Terminal.Ran ran = run("backup", url(), "--vm", "web", "vda=" + folder.resolve(source));
            assertThat(ran.exit()).as(source).isEqualTo(4);
            assertThat(ran.err()).contains("disk-unsupported");
        }
        assertThat(run("backup", url(), "--vm", "web", "vda=" + folder.resolve("none"))
                        .exit())
                .isEqualTo(3);
        assertThat(document(run("points", url(), "-o", "json"))).isEmpty();
    }

    @Test
    void a_wrong_command_line_is_a_usage_error() {
        String disk = disk("disk").toString();
        for (String argument : List.of("vda", "=" + disk, "vda=", "a/b=" + disk, "-x=" + disk)) {
            assertThat(run("backup", url(), "--vm", "web", argument).exit())
                    .as(argument)
                    .isEqualTo(2);
        }
        assertThat(run("backup", url(), "--vm", "web", "vda=" + disk, "vda=" + disk)
                        .err())
                .contains("twice");
        assertThat(run("backup", url(), "--vm", "a\nb", "vda=" + disk).exit()).isEqualTo(2);
        assertThat(run("backup", url(), "--vm", "web", "vda=nbd://far.example/x")
                        .err())
                .contains("loopback");
        assertThat(run("backup", url(), "--vm", "web", "vda=nbds://localhost/x").exit())
                .isEqualTo(2);
        assertThat(run("backup", "s3+https://key:secret@store/b", "--vm", "web", "vda=" + disk)
                        .exit())
                .isEqualTo(2);
        assertThat(run("backup", url(), "--vm", "web", "vda=" + disk, "--bitmap", "b")
                        .err())
                .contains("--base");
        assertThat(run("restore", url(), "abc", "vda=" + folder.resolve("o")).err())
                .contains("6 characters");
        assertThat(run("restore", url(), "abcdef", "vda=" + folder.resolve("o")).exit())
                .isEqualTo(3);
        assertThat(new Terminal(folder.resolve("home"))
                        .run("direct", "points", url())
                        .err())
                .contains("HOLDFAST_PASSPHRASE");
    }

    @Test
    void another_passphrase_and_another_place_are_told_apart() {
        Terminal wrong = new Terminal(folder.resolve("home")).with("HOLDFAST_PASSPHRASE", "wrong horse");
        assertThat(wrong.run("direct", "points", url()).err()).contains("vault-wrong-passphrase");
        assertThat(run("points", "file://" + folder.resolve("none")).err()).contains("vault-no-bucket");
        assertThat(run("points", "file://" + folder).err()).contains("vault-not-a-vault");
        assertThat(run("points", "ftp://x/y").exit()).isEqualTo(2);
        assertThat(run("verify", url(), "--sample", "0").exit()).isEqualTo(2);
    }
}
