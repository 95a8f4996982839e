package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.Json;
import io.holdfast.cli.http.SmallFile;
import io.holdfast.vault.ChainHead;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The newest point of each machine of one vault that this user made here, {@code $XDG_STATE_HOME/holdfast/VAULT.json}: what shows that
 * a vault was rolled back. Not in the suite's folder, which a suite makes for itself. Several processes may use it.
 */
final class KnownHeads {

    private static final int MOST_BYTES = 16 << 20;

    private final Path file;

    private KnownHeads(Path file) {
        this.file = file;
    }

    /** The file's content. */
    record Document(Map<String, ChainHead> heads) {}

    static KnownHeads of(Shell shell, String vault) {
        String chosen = shell.variable("XDG_STATE_HOME");
        Path state = chosen == null ? shell.environment().userHome().resolve(".local/state") : Path.of(chosen);
        return new KnownHeads(state.resolve("holdfast").resolve(vault + ".json"));
    }

    Optional<ChainHead> of(String vm) {
        return Optional.ofNullable(read().heads().get(vm));
    }

    /** The machines of which a point was made from here. */
    Set<String> vms() {
        return read().heads().keySet();
    }

    /** Remembers it unless a newer one is known. */
    void remember(String vm, ChainHead head) {
        try {
            Files.createDirectories(file.getParent());
            Path lock = file.resolveSibling(file.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                Map<String, ChainHead> heads = new LinkedHashMap<>(read().heads());
                ChainHead before = heads.get(vm);
                if (before == null || before.sequence() < head.sequence()) {
                    heads.put(vm, head);
                    write(new Document(heads));
                }
            }
        } catch (IOException e) {
            throw unusable("cannot be written: " + e.getMessage(), e);
        }
    }

    private void write(Document document) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, Json.pretty(document));
        try (FileChannel written = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Document read() {
        if (!Files.exists(file)) {
            return new Document(Map.of());
        }
        try {
            return Json.read(SmallFile.text(file, MOST_BYTES), Document.class);
        } catch (IOException e) {
            throw unusable("cannot be read", e);
        }
    }

    private ApiException unusable(String why, IOException cause) {
        return new ApiException(
                ErrorCode.INVALID_REQUEST,
                "The file " + file + ", which remembers the newest points, " + why
                        + ". Without it nobody would see that the vault was rolled back; if you accept that, remove it.",
                cause);
    }
}
