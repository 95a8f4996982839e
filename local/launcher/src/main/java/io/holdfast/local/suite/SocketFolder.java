package io.holdfast.local.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Where the sockets of frozen views and served points are. Two users meet there, the suite's and the one QEMU runs as, and
 * either connects to what the other made: so it lies outside the state folder, which is its owner's alone, and is shared through a
 * group, {@code kvm}, that QEMU's user is in on every system where it is not root. The set-group-id bit gives each socket that
 * group, whoever makes it. Export names are secrets, so to connect is not yet to read.
 */
final class SocketFolder {

    /** Names it for those whose QEMU runs as somebody else. */
    static final String VARIABLE = "HOLDFAST_NBD_DIR";

    /** Names that views, checks and restore-service give their sockets. */
    private static final String OURS = "{holdfast.*,restore}.sock";

    private static final String SHARED_GROUP = "kvm";
    /** rwxrws--T: nobody else's, new files take the folder's group, and only their makers and we remove them. */
    private static final int SHARED = 03770;

    /** Longest path in bytes: a socket's path ends at 107 (unix(7)), and the longest name in here has 54. */
    private static final int LONGEST = 52;

    /** The folder for a state folder: {@code $HOLDFAST_NBD_DIR}, else one of its own where any user gets to. */
    static Path of(Path home, Map<String, String> environment) {
        String given = environment.get(VARIABLE);
        if (given == null || given.isBlank()) {
            return usual(home);
        }
        Path folder = Path.of(given).toAbsolutePath().normalize();
        if (folder.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw RefusedException.wrongValue("The path of the socket folder is too long for unix sockets (more than "
                    + LONGEST + " bytes): " + folder + ". Set " + VARIABLE + " to a shorter one.");
        }
        return folder;
    }

    static Path usual(Path home) {
        CRC32 sum = new CRC32();
        sum.update(home.toString().getBytes(StandardCharsets.UTF_8));
        String name = "holdfast-%d-%08x".formatted(ownUser(), sum.getValue());
        Path run = Path.of("/run");
        // Where only root writes nobody can take the name first; /var/tmp is everybody's, but sticky.
        return (Files.isWritable(run) ? run : Path.of("/var/tmp")).resolve(name);
    }

    /** Makes it when absent; one that is there stays as somebody may have opened it, if it is this user's or root's. */
    static void make(Path folder) {
        try {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                int owner = owner(folder);
                if (owner != ownUser() && owner != 0) {
                    throw RefusedException.byRule("The socket folder " + folder + " belongs to somebody else. Set "
                            + VARIABLE + " to another one.");
                }
                return;
            }
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            share(folder);
        } catch (NoSuchFileException e) {
            throw RefusedException.wrongValue("The folder above " + folder + " does not exist (" + VARIABLE + ").");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + folder, e);
        }
    }

    /**
     * Removes the sockets at which nobody listens, and the folder when nothing else is in it: a view that outlives the suite
     * has its socket here.
     */
    static void removeDead(Path folder) {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder, OURS)) {
            for (Path socket : sockets) {
                if (isDead(socket)) {
                    Files.deleteIfExists(socket);
                }
            }
            Files.deleteIfExists(folder);
        } catch (IOException | DirectoryIteratorException _) {
            // It is gone, something is in it, or it is a mount point: it stays as it is.
        }
    }

    /** Whether it is a socket that refuses who connects; in doubt it is not. */
    private static boolean isDead(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void share(Path folder) throws IOException {
        try {
            GroupPrincipal group =
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(SHARED_GROUP);
            Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(group);
            Files.setAttribute(folder, "unix:mode", SHARED);
        } catch (UserPrincipalNotFoundException | java.nio.file.FileSystemException e) {
            // No such group, or this user is not in it: a QEMU of the same user's gets in without.
        }
    }

    private static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static int ownUser() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell who runs this", e);
        }
    }

    private SocketFolder() {}
}
