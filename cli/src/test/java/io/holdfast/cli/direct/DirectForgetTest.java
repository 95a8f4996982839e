package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DirectForgetTest extends DirectTest {

    private long packBytes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(url().substring("file://".length()), "packs"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void forgotten_points_are_gone_and_collect_gives_their_space_back() throws IOException {
        Path disk = disk("disk");
        String first = backup(disk.toString()).get("point").asText();
        write(disk, 31L * MIB, 64 << 10, 4);
        Path kept = Files.copy(disk, folder.resolve("kept"));
        String second = backup(disk.toString(), "--full").get("point").asText();
        String third = backup(disk.toString()).get("point").asText();
        long before = packBytes();

        JsonNode removed = document(run("forget", url(), first, third.substring(0, 8), "-o", "json"));
        assertThat(removed).extracting(one -> one.get("point").asText()).containsExactly(first, third);
        assertThat(run("points", url()).err())
                .as("what was removed is not missed")
                .isEmpty();
        assertThat(document(run("points", url(), "-o", "json")))
                .extracting(one -> one.get("point").asText())
                .containsExactly(second);
        assertThat(packBytes()).isEqualTo(before);

        JsonNode would = document(run("collect", url(), "--dry-run", "-o", "json"));
        assertThat(would.get("deletedBytes").asLong()).isGreaterThan(5L * MIB);
        assertThat(packBytes()).isEqualTo(before);
        JsonNode did = document(run("collect", url(), "-o", "json"));
        assertThat(did.get("deletedBytes")).isEqualTo(would.get("deletedBytes"));
        assertThat(packBytes()).isEqualTo(before - did.get("deletedBytes").asLong());

        restores(second, kept);
        JsonNode verified = document(run("verify", url(), "-o", "json"));
        assertThat(verified.get("ok").asBoolean()).isTrue();
        assertThat(verified.get("chain")).isEmpty();
        backup(disk.toString());
        assertThat(document(run("verify", url(), "-o", "json")).get("ok").asBoolean())
                .isTrue();
    }

    @Test
    void nothing_is_removed_unless_every_point_is_found() throws IOException {
        String point = backup(disk("disk").toString()).get("point").asText();
        assertThat(run("forget", url(), point, "00000000-dead").exit()).isEqualTo(3);
        assertThat(document(run("points", url(), "-o", "json"))).hasSize(1);
        assertThat(run("forget", url()).exit()).isEqualTo(2);
    }

    @Test
    void a_vault_that_lost_a_point_is_not_collected_unless_asked() throws IOException {
        Path disk = disk("disk");
        backup(disk.toString());
        backup(disk.toString(), "--full");
        Path points = Path.of(url().substring("file://".length()), "points");
        try (Stream<Path> files = Files.walk(points)) {
            Files.delete(files.filter(file -> file.endsWith("0000000000000002"))
                    .findFirst()
                    .orElseThrow());
        }
        long before = packBytes();
        var refused = run("collect", url());
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("Nothing was deleted").contains("--despite-damage");
        assertThat(packBytes()).isEqualTo(before);
        JsonNode did = document(run("collect", url(), "--despite-damage", "--patience", "0", "-o", "json"));
        assertThat(did.get("deletedPacks").asLong()).isPositive();
    }

    @Test
    void patience_has_bounds() {
        assertThat(run("collect", url(), "--patience", "-1").exit()).isEqualTo(2);
    }
}
