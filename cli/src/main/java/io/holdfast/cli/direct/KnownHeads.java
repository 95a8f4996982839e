package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.Json;
import io.holdfast.cli.http.SmallFile;
import io.holdfast.cli.output.Report;
import io.holdfast.vault.ChainHead;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** As it may be read. */
    record Stored(@Nullable Map<String, ChainHead> heads) {}

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

    /** What is remembered of each machine. */
    Map<String, ChainHead> all() {
        return read().heads();
    }

    /** Fails now, where a point that was made could not be remembered. */
    void prepare() {
        locked(() -> read());
    }

    /** Remembers what was added to a chain; false, and said aloud, where that fails: it is there, whatever comes of this. */
    boolean remembered(String vm, ChainHead head, Report report) {
        try {
            remember(vm, head);
            return true;
        } catch (ApiException e) {
            report.note("the vault was changed, but: " + e.detail());
            return false;
        }
    }

    /** Remembers it unless a newer one is known. */
    private void remember(String vm, ChainHead head) {
        locked(() -> {
            Map<String, ChainHead> heads = new LinkedHashMap<>(read().heads());
            ChainHead before = heads.get(vm);
            if (before == null || before.sequence() < head.sequence()) {
                heads.put(vm, head);
                write(new Document(heads));
            }
            return heads;
        });
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> void locked(Work<T> work) {
        try {
            Files.createDirectories(file.getParent());
            Path lock = file.resolveSibling(file.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                T _ = work.run();
            }
        } catch (IOException e) {
            throw unusable("cannot be written: " + Shell.why(e), e);
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
        try {
            Map<String, ChainHead> heads =
                    Json.read(SmallFile.text(file, MOST_BYTES), Stored.class).heads();
            if (heads == null || heads.containsValue(null)) {
                throw new IOException("it holds no heads");
            }
            return new Document(heads);
        } catch (NoSuchFileException e) {
            return new Document(Map.of());
        } catch (IOException | NullPointerException e) {
            throw unusable("cannot be read", e);
        }
    }

    private ApiException unusable(String why, Exception cause) {
        return new ApiException(
                ErrorCode.DISK_UNWRITABLE,
                "The file " + file + ", which remembers the newest points made from here, " + why
                        + ". Without it nobody would see that the vault was rolled back: mend it, or name another folder with"
                        + " XDG_STATE_HOME.",
                cause);
    }
}
