package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.access.Stores;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A command line and a vault in a directory. */
@Timeout(120)
abstract class DirectTest {

    static final int MIB = 1 << 20;
    static final String PASSPHRASE = "correct horse battery";

    @TempDir
    Path folder;

    @BeforeEach
    void makeTheVault() {
        // With a passphrase that costs little to try: each command tries it.
        var quick = new VaultOptions(8 << 10, 1, 1);
        try (ObjectStore store = Stores.openOrCreate(url(), null, null);
                Passphrase passphrase = Passphrase.of(PASSPHRASE);
                Vault _ = Vault.create(store, passphrase, quick)) {
            assertThat(Vault.exists(store)).isTrue();
        }
    }

    String url() {
        return "file://" + folder.resolve("vault");
    }

    Terminal terminal() {
        return new Terminal(folder.resolve("home")).with("HOLDFAST_PASSPHRASE", PASSPHRASE);
    }

    Terminal.Ran run(String verb, String... arguments) {
        List<String> all = new ArrayList<>(List.of("direct", verb));
        all.addAll(List.of(arguments));
        Terminal.Ran ran = terminal().run(all.toArray(String[]::new));
        assertThat(ran.out() + ran.err()).doesNotContain(PASSPHRASE);
        return ran;
    }

    /** Backs up the disk {@code vda} of {@code web}. */
    JsonNode backup(String source, String... options) {
        List<String> all = new ArrayList<>(List.of(url(), "--vm", "web", "vda=" + source, "-o", "json"));
        all.addAll(List.of(options));
        return document(run("backup", all.toArray(String[]::new)));
    }

    static JsonNode document(Terminal.Ran ran) {
        assertThat(ran.exit()).as(ran.err()).isZero();
        return Samples.read(ran.out());
    }

    /** A sparse file of 64 MiB and 512 bytes with 3 MiB of data at its start, one in its middle and one at its end. */
    Path disk(String name) {
        Path file = folder.resolve(name);
        long size = 64L * MIB + 512;
        write(file, size - MIB, MIB, 3);
        write(file, 0, 3 * MIB, 1);
        write(file, 30L * MIB, MIB, 2);
        return file;
    }

    static void write(Path file, long offset, int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            open.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Restores {@code vda} of a point and compares. */
    void restores(String point, Path as) throws IOException {
        Path out = folder.resolve("restored-" + point);
        Terminal.Ran ran = run("restore", url(), point, "vda=" + out);
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(Files.mismatch(out, as)).isEqualTo(-1);
        Files.delete(out);
    }

    List<Path> packs() throws IOException {
        try (var files = Files.walk(folder.resolve("vault/packs"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    List<Path> manifests() throws IOException {
        try (var files = Files.walk(folder.resolve("vault/points"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** What restores left under names that are not the ones that were asked for. */
    List<Path> unfinished() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".holdfast-unfinished"))
                    .toList();
        }
    }

    static void flip(Path file, long offset) {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            int there = open.read();
            open.seek(offset);
            open.write(there ^ 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
