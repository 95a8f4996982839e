package io.holdfast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.testkit.time.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryObjectStoreTest extends ObjectStoreContract {

    private static final ObjectKey KEY = ObjectKey.of("pack", "one");

    @TempDir
    private Path folder;

    private final TestClock clock = new TestClock();

    @Override
    protected ObjectStore open() throws IOException {
        return DirectoryObjectStore.create(root(), clock);
    }

    private Path root() {
        return folder.resolve("vault");
    }

    @Test
    void an_object_is_a_plain_file_of_the_same_name() throws IOException {
        store().putIfAbsent(KEY, text("body"));
        assertThat(root().resolve("pack/one")).hasContent("body");
        try (Stream<Path> temporary = Files.list(root().resolve(".tmp"))) {
            assertThat(temporary).isEmpty();
        }
    }

    @Test
    void an_absent_directory_is_not_made_silently_and_does_not_look_like_an_empty_vault() throws IOException {
        Path absent = folder.resolve("absent");
        assertFails(Kind.NO_SUCH_STORE, () -> DirectoryObjectStore.open(absent, clock));
        assertThat(absent).doesNotExist();
        Files.createFile(folder.resolve("file"));
        assertFails(Kind.NO_SUCH_STORE, () -> DirectoryObjectStore.open(folder.resolve("file"), clock));
        assertFails(Kind.NO_SUCH_STORE, () -> DirectoryObjectStore.create(folder.resolve("file"), clock));
        Files.delete(root());
        assertFails(Kind.NO_SUCH_STORE, () -> store().get(KEY, 10));
        assertFails(Kind.NO_SUCH_STORE, () -> store().head(KEY));
        assertFails(Kind.NO_SUCH_STORE, () -> store().getRange(KEY, 0, 1));
        assertFails(Kind.NO_SUCH_STORE, () -> listed(""));
        assertFails(Kind.NO_SUCH_STORE, () -> store().putIfAbsent(KEY, text("x")));
        assertFails(Kind.NO_SUCH_STORE, () -> store().delete(KEY));
    }

    @Test
    void symbolic_links_lead_nowhere() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(root().resolve("link"), outside);
        Files.createSymbolicLink(root().resolve("file-link"), outside.resolve("secret"));
        assertFails(Kind.OTHER, () -> store().get(ObjectKey.of("link", "secret"), 100));
        assertFails(Kind.OTHER, () -> store().get(ObjectKey.of("file-link"), 100));
        assertFails(Kind.OTHER, () -> store().delete(ObjectKey.of("link", "secret")));
        assertFails(Kind.OTHER, () -> store().putIfAbsent(ObjectKey.of("link", "new"), text("x")));
        assertFails(Kind.OTHER, () -> store().putIfAbsent(ObjectKey.of("link", "deeper", "new"), text("x")));
        assertThat(listed("")).isEmpty();
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(outside).isDirectoryNotContaining("glob:**/{new,deeper}");
    }

    @Test
    void strangers_in_the_directory_are_not_ours() throws IOException {
        Files.writeString(root().resolve("README"), "upper case");
        Files.createDirectory(root().resolve("lost+found"));
        Files.writeString(root().resolve("lost+found").resolve("x"), "x");
        Files.writeString(root().resolve(".hidden"), "hidden");
        store().putIfAbsent(KEY, text("body"));
        assertThat(listed("")).containsExactly("pack/one");
    }

    @Test
    void a_folder_is_not_an_object_and_an_object_is_no_folder() {
        store().putIfAbsent(KEY, text("body"));
        ObjectKey folderKey = ObjectKey.of("pack");
        ObjectKey below = ObjectKey.of("pack", "one", "below");
        assertThat(store().get(folderKey, 10)).isEmpty();
        assertThat(store().head(below)).isEmpty();
        store().delete(folderKey);
        assertFails(Kind.OTHER, () -> store().putIfAbsent(below, text("x")));
        assertThat(store().get(KEY, 10)).contains(text("body"));
    }

    @Test
    void temporary_files_of_dead_processes_are_removed_when_the_store_is_opened_and_those_being_made_are_not()
            throws IOException {
        Path temporary = Files.createDirectories(root().resolve(".tmp"));
        Path half = Files.writeString(temporary.resolve("half"), "half an obj");
        Path old = Files.createFile(temporary.resolve("old"));
        Path beingMade = Files.createFile(temporary.resolve("being-made"));
        Files.setLastModifiedTime(half, FileTime.from(clock.instant()));
        Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofMinutes(11))));
        Files.setLastModifiedTime(beingMade, FileTime.from(clock.instant().minus(Duration.ofMinutes(9))));
        assertThat(listed("")).isEmpty();
        open().close();
        assertThat(half).doesNotExist();
        assertThat(old).doesNotExist();
        assertThat(beingMade).exists();
    }

    @Test
    void two_stores_on_one_directory_see_each_others_objects() throws IOException {
        try (ObjectStore other = open()) {
            assertThat(other.putIfAbsent(KEY, text("body"))).isEqualTo(PutResult.CREATED);
            assertThat(store().putIfAbsent(KEY, text("else"))).isEqualTo(PutResult.EXISTS);
            assertThat(store().get(KEY, 10)).contains(text("body"));
        }
    }

    @Test
    void a_directory_that_was_exchanged_is_neither_read_nor_written_nor_listed() throws IOException {
        store().putIfAbsent(KEY, text("body"));
        Files.move(root(), folder.resolve("unmounted"));
        Files.createDirectory(root());
        assertFails(Kind.UNAVAILABLE, () -> store().putIfAbsent(ObjectKey.of("pack", "two"), text("x")));
        assertFails(Kind.UNAVAILABLE, () -> store().get(KEY, 10));
        assertFails(Kind.UNAVAILABLE, () -> store().head(KEY));
        assertFails(Kind.UNAVAILABLE, () -> store().getRange(KEY, 0, 1));
        assertFails(Kind.UNAVAILABLE, () -> store().delete(KEY));
        assertFails(Kind.UNAVAILABLE, () -> listed(""));
        assertThat(root()).isEmptyDirectory();
        Files.delete(root());
        Files.move(folder.resolve("unmounted"), root());
        assertThat(store().get(KEY, 10)).contains(text("body"));
    }

    @Test
    void a_directory_that_is_exchanged_during_a_listing_does_not_look_like_its_end() throws IOException {
        store().putIfAbsent(ObjectKey.of("a"), text("x"));
        store().putIfAbsent(ObjectKey.of("b", "c"), text("x"));
        try (Stream<ObjectInfo> objects = store().list("")) {
            Iterator<ObjectInfo> all = objects.iterator();
            assertThat(all.next().key()).isEqualTo(ObjectKey.of("a"));
            Files.move(root(), folder.resolve("unmounted"));
            Files.createDirectory(root());
            assertFails(Kind.UNAVAILABLE, all::hasNext);
        }
    }

    @Test
    void what_no_key_can_name_is_a_stranger_and_what_the_file_system_made_is_not() throws IOException {
        Files.createDirectory(root().resolve("lost+found"));
        store().putIfAbsent(KEY, text("body"));
        assertThat(store().stranger()).isEmpty();
        Files.createDirectory(root().resolve("pack/Documents"));
        assertThat(store().stranger()).contains("pack/Documents");
        Files.delete(root().resolve("pack/Documents"));
        Files.createSymbolicLink(root().resolve("link"), folder);
        assertThat(store().stranger()).contains("link");
    }

    @Test
    void an_absent_directory_is_made_with_all_those_above_it() {
        Path deep = folder.resolve("a/b/c");
        try (ObjectStore made = DirectoryObjectStore.create(deep, clock)) {
            assertThat(made.putIfAbsent(KEY, text("x"))).isEqualTo(PutResult.CREATED);
        }
        assertThat(deep.resolve("pack/one")).exists();
    }
}
