package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    private static final String MARK = ".mark";

    @TempDir
    Path folder;

    @AfterEach
    void removeSockets() {
        SocketFolder.removeDead(new Home(folder.resolve("h")).nbd());
    }

    @Test
    void aFolderWithSomebodyElsesFilesIsRefusedAndStaysAsItWas() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("letter"), "dear");
        chmod(other, "rwxrwxrwx");

        assertThatThrownBy(() -> new Home(other).create())
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining(other.toString())
                .hasMessageContaining("HOLDFAST_HOME");

        assertThat(mode(other)).isEqualTo("rwxrwxrwx");
        assertThat(other).isDirectoryContaining(path -> path.endsWith("letter"));
        try (var entries = Files.list(other)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void aFolderThatWasMadeHereIsTheOwnersAndOneOpenedSinceStaysOpen() throws Exception {
        Home home = new Home(folder.resolve("h")).create();
        assertThat(mode(home.root())).isEqualTo("rwx------");
        assertThat(mode(home.secrets())).isEqualTo("rwx------");

        chmod(home.root(), "rwxr-x--x");
        home.create();

        assertThat(mode(home.root())).isEqualTo("rwxr-x--x");
    }

    @Test
    void anEmptyFolderIsTakenWithThePermissionsItHas() throws Exception {
        Path given = Files.createDirectory(folder.resolve("h"));
        chmod(given, "rwxr-xr-x");

        Home home = new Home(given).create();

        assertThat(mode(given)).isEqualTo("rwxr-xr-x");
        assertThat(home.exists()).isTrue();
    }

    @Test
    void onlyAMarkedFolderIsRemoved() throws Exception {
        Path ours = folder.resolve("ours");
        Folders.claim(ours, MARK);
        Files.createDirectories(ours.resolve("a/b"));
        Files.createSymbolicLink(ours.resolve("link"), Files.createDirectory(folder.resolve("target")));
        Path theirs = folder.resolve("theirs");
        Files.createDirectories(theirs.resolve("photos"));

        Folders.remove(ours, MARK);
        assertThatThrownBy(() -> Folders.remove(theirs, MARK)).isInstanceOf(RefusedException.class);

        assertThat(ours).doesNotExist();
        assertThat(folder.resolve("target")).exists();
        assertThat(theirs.resolve("photos")).exists();
    }

    @Test
    void qemusUserReachesTheSocketFolderThroughTheGroupKvmAndNobodyElseDoes() throws Exception {
        Home home = new Home(folder.resolve("h")).create();

        Path sockets = home.nbd();
        assertThat(sockets.startsWith(home.root())).isFalse();
        assertThat(sockets.toString().length() + "/holdfast.".length() + 45).isLessThan(108);
        int mode = (Integer) Files.getAttribute(sockets, "unix:mode") & 07777;
        if (groupExists("kvm")) {
            assertThat(mode).isEqualTo(03770);
            assertThat(Files.getAttribute(sockets, "posix:group").toString()).isEqualTo("kvm");
            Path socket = Files.createFile(sockets.resolve("s"));
            assertThat(Files.getAttribute(socket, "posix:group").toString()).isEqualTo("kvm");
            Files.delete(socket);
        } else {
            assertThat(mode).isEqualTo(0700);
        }

        chmod(sockets, "rwxrwxrwx");
        home.create();
        assertThat(mode(sockets)).as("an administrator's choice").isEqualTo("rwxrwxrwx");
    }

    @Test
    void socketsAtWhichNobodyListensGoAndWithTheLastOfThemTheirFolder() throws Exception {
        Home home = new Home(folder.resolve("h")).create();
        Path sockets = home.nbd();
        Path dead = sockets.resolve("holdfast.0123456789abcdef.sock");
        Path live = sockets.resolve("restore.sock");
        Path theirs = sockets.resolve("notes");
        Files.createFile(theirs);
        socketAt(dead).close();
        try (ServerSocketChannel listens = socketAt(live)) {
            home.removeDeadSockets();
            assertThat(dead).doesNotExist();
            assertThat(live).exists();
            assertThat(listens.isOpen()).isTrue();
        }
        home.removeDeadSockets();
        assertThat(live).doesNotExist();
        assertThat(theirs).exists();

        Files.delete(theirs);
        home.removeDeadSockets();
        assertThat(sockets).doesNotExist();
    }

    private static ServerSocketChannel socketAt(Path path) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        channel.bind(UnixDomainSocketAddress.of(path));
        return channel;
    }

    @Test
    void theSocketFolderCanBeNamedAndATooLongOneIsASentence() {
        Map<String, String> environment =
                Map.of("HOLDFAST_HOME", folder.resolve("h").toString(), "HOLDFAST_NBD_DIR", "/srv/sockets");
        assertThat(Home.ofEnvironment(environment).nbd()).isEqualTo(Path.of("/srv/sockets"));

        Map<String, String> tooLong = Map.of("HOLDFAST_NBD_DIR", "/" + "x".repeat(80));
        assertThatThrownBy(() -> Home.ofEnvironment(tooLong))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining("HOLDFAST_NBD_DIR");
    }

    @Test
    void twoStateFoldersHaveDifferentSocketFoldersAndALongPathIsNoHindrance() {
        Path one = new Home(folder.resolve("x".repeat(120))).nbd();
        assertThat(one).isNotEqualTo(new Home(folder.resolve("y".repeat(120))).nbd());
        assertThat(one.toString()).hasSizeLessThan(53);
    }

    private static boolean groupExists(String name) throws IOException {
        return Files.readAllLines(Path.of("/etc/group")).stream().anyMatch(line -> line.startsWith(name + ":"));
    }

    private static void chmod(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
