package io.holdfast.testkit.storage;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;

/** Puts an object, unmounts the directory, puts another, and prints how that failed and what the folder below holds. */
final class UnmountedChild {
    private UnmountedChild() {}

    public static void main(String... arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        try (ObjectStore store = DirectoryObjectStore.open(root, InstantSource.system())) {
            store.putIfAbsent(ObjectKey.of("packs", "one"), new byte[1]);
            int unmounted = new ProcessBuilder("umount", root.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            String failure = "none, umount " + unmounted;
            try {
                store.putIfAbsent(ObjectKey.of("packs", "two"), new byte[1]);
            } catch (StorageException e) {
                failure = e.kind().name();
            }
            try (Stream<Path> files = Files.list(root)) {
                System.out.println(failure + " below=" + files.count());
            }
        }
    }
}
