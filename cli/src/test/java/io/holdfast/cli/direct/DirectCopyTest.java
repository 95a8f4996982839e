package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Points copied into another vault, which has another passphrase. */
class DirectCopyTest extends DirectTest {

    private static final String OTHER = "the other horse";

    private String otherUrl() {
        return "file://" + folder.resolve("other");
    }

    private Terminal other() {
        return new Terminal(folder.resolve("home")).with("HOLDFAST_PASSPHRASE", OTHER);
    }

    private Terminal.Ran copy(String... points) {
        List<String> words = new ArrayList<>(List.of("direct", "copy", url(), otherUrl(), "-o", "json"));
        words.addAll(List.of(points));
        return terminal().with("HOLDFAST_TO_PASSPHRASE", OTHER).run(words.toArray(String[]::new));
    }

    private void restoresThere(String point, Path as) throws IOException {
        Path out = folder.resolve("there-" + point);
        assertThat(other().run("direct", "restore", otherUrl(), point, "vda=" + out)
                        .exit())
                .isZero();
        assertThat(Files.mismatch(out, as)).isEqualTo(-1);
    }

    private static List<String> results(Terminal.Ran ran) {
        List<String> results = new ArrayList<>();
        Samples.read(ran.out())
                .get("points")
                .forEach(point -> results.add(point.get("result").asText()));
        return results;
    }

    @Test
    void points_are_copied_once_with_what_they_do_not_share_and_restore_there() throws IOException {
        Path disk = disk("disk");
        String first = backup(disk.toString()).get("point").asText();
        Path before = Files.copy(disk, folder.resolve("before"));
        write(disk, 31L * MIB, 64 << 10, 4);
        String second = backup(disk.toString()).get("point").asText();
        assertThat(other().run("direct", "create", otherUrl()).exit()).isZero();

        assertThat(results(copy(first))).containsExactly("copied");
        Terminal.Ran ran = copy();
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(results(ran)).containsExactly("there", "copied");
        JsonNode made = Samples.read(ran.out()).at("/points/1");
        assertThat(made.get("newBytes").asLong()).isEqualTo(64 << 10);
        // A leaf or two, and the sample that the engine compares.
        assertThat(made.get("readBytes").asLong()).isLessThan(3L * MIB);
        assertThat(results(copy())).containsExactly("there", "there");

        restoresThere(first, before);
        restoresThere(second, disk);
        JsonNode points = document(other().run("direct", "points", otherUrl(), "-o", "json"));
        assertThat(points).extracting(point -> point.get("point").asText()).containsExactly(first, second);
        assertThat(other().run("direct", "verify", otherUrl()).exit()).isZero();
    }

    @Test
    void a_point_that_cannot_be_read_is_named_and_the_others_are_copied() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        Path pack = packs().getFirst();
        document(run("backup", url(), "--vm", "db", "vda=" + disk, "-o", "json"));
        Files.delete(pack);
        assertThat(other().run("direct", "create", otherUrl()).exit()).isZero();
        Terminal.Ran ran = copy();
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(results(ran)).containsExactlyInAnyOrder("failed", "copied");
        assertThat(ran.err()).contains(pack.getFileName().toString());
        assertThat(document(other().run("direct", "points", otherUrl(), "-o", "json")))
                .hasSize(1);
    }

    @Test
    void a_vault_is_not_copied_into_itself_nor_into_nothing() {
        backup(disk("disk").toString());
        Terminal self = terminal().with("HOLDFAST_TO_PASSPHRASE", PASSPHRASE);
        assertThat(self.run("direct", "copy", url(), url()).err()).contains("one vault");
        assertThat(copy().err()).contains("vault-no-bucket");
        assertThat(terminal().run("direct", "copy", url(), otherUrl()).err()).contains("HOLDFAST_TO_PASSPHRASE");
    }

    @Test
    void a_copy_that_left_something_out_is_no_success() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        backup(disk.toString());
        assertThat(other().run("direct", "create", otherUrl()).exit()).isZero();
        Path first = manifests().stream()
                .filter(file -> file.endsWith("0000000000000001"))
                .findFirst()
                .orElseThrow();
        byte[] whole = Files.readAllBytes(first);
        flip(first, 100);
        Terminal.Ran damaged = copy();
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(Samples.read(damaged.out()).get("ok").asBoolean()).isFalse();
        assertThat(run("points", url(), "-o", "json").exit()).isEqualTo(1);
        Files.delete(first);
        Terminal.Ran missing = copy();
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(Samples.read(missing.out()).get("chain")).hasSize(1);
        Files.write(first, whole);
        assertThat(copy().exit()).isZero();
    }
}
