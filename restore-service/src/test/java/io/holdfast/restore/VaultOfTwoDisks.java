package io.holdfast.restore;

import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.vault.PointManifest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A vault in a directory with one point of two disks, and what a job about it needs. */
final class VaultOfTwoDisks {

    final UUID id = UUID.randomUUID();
    final Map<String, byte[]> disks = new LinkedHashMap<>();
    final PointManifest point;
    private final Path folder;

    /** {@code vda} is larger than a pack; {@code vdb} is no multiple of a block. */
    VaultOfTwoDisks(Path folder, ScriptedServices services) throws InterruptedException {
        this.folder = folder;
        disks.put("vda", content(1, 20 << 20));
        disks.put("vdb", content(2, (3 << 20) + 512));
        try (var store = DirectoryObjectStore.create(folder, InstantSource.system())) {
            point = MadePoint.in(store, disks);
        }
        services.onVaultAccess = vault -> access(vault, folder);
    }

    static VaultAccess access(UUID id, Path folder) {
        return new VaultAccess(id, "main", "file://" + folder, null, null, null, "passphrase");
    }

    /** Random bytes with a hole in the middle. */
    private static byte[] content(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        Arrays.fill(bytes, size / 2, size / 2 + size / 8, (byte) 0);
        return bytes;
    }

    byte[] disk(String key) {
        return Objects.requireNonNull(disks.get(key));
    }

    /** A job that restores these disks as a new VM; none named: all. */
    LeasedJob job(String... keys) {
        var spec = new JobSpec.Restore(
                point.id(), id, "lab", MadePoint.VM, "web2", false, null, null, List.of(keys), true, null);
        return new LeasedJob(UUID.randomUUID(), 3, 30, spec, List.of());
    }

    static TargetInfo target(TargetInfo.State state, long doneBytes, @Nullable String detail) {
        return new TargetInfo(
                new UUID(0, 1),
                1,
                state,
                false,
                "lab",
                "web2",
                state == TargetInfo.State.FINISHED ? "id-2" : null,
                List.of(new TargetInfo.DiskFill("vda", doneBytes, 20 << 20, false)),
                List.of(),
                null,
                detail,
                Instant.MAX);
    }

    /** An attempt that nobody stops. */
    static JobContext context() {
        return (JobContext) Proxy.newProxyInstance(
                JobContext.class.getClassLoader(),
                new Class<?>[] {JobContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "fencing" -> 3L;
                    case "cancelRequested" -> false;
                    default -> null;
                });
    }

    /** The packs, the largest first: it holds blocks of the first disk only. */
    List<Path> packs() throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .sorted((a, b) ->
                            Long.compare(b.toFile().length(), a.toFile().length()))
                    .toList();
        }
    }

    /** Replaces an object's bytes. */
    static void change(Path object, UnaryOperator<byte[]> how) throws IOException {
        byte[] changed = how.apply(Files.readAllBytes(object));
        Files.delete(object);
        Files.write(object, changed);
    }

    /** One flipped bit among the blocks of every pack. */
    void damageBlocks() throws IOException {
        for (Path pack : packs()) {
            change(pack, bytes -> flipped(bytes, bytes.length / 3));
        }
    }

    static byte[] flipped(byte[] bytes, int at) {
        bytes[at] ^= 1;
        return bytes;
    }
}
