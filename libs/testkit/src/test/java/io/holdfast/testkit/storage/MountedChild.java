package io.holdfast.testkit.storage;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Puts objects of 300 kB until it fails, and prints how many there were, the kind, and what is left. */
final class MountedChild {
    private MountedChild() {}

    public static void main(String... arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        try (ObjectStore store = DirectoryObjectStore.open(root, InstantSource.system())) {
            byte[] body = new byte[300_000];
            Arrays.fill(body, (byte) 7);
            int created = 0;
            try {
                while (store.putIfAbsent(ObjectKey.of("o" + created), body) == PutResult.CREATED) {
                    created++;
                }
            } catch (StorageException e) {
                System.out.println(created + " " + e.kind() + " listed=" + whole(store, body) + " tmp=" + left(root));
            }
        }
    }

    private static long whole(ObjectStore store, byte[] body) {
        try (Stream<ObjectKey> keys = store.list("").map(info -> info.key())) {
            return keys.filter(key -> Arrays.equals(store.get(key, body.length).orElseThrow(), body))
                    .count();
        }
    }

    private static int left(Path root) throws IOException {
        Path temporary = root.resolve(".tmp");
        if (!Files.exists(temporary)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(temporary)) {
            return List.of(files.toArray()).size();
        }
    }
}
