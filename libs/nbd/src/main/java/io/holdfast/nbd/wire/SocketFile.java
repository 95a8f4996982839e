package io.holdfast.nbd.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A unix socket that is listened on, with its file: made in a folder where nobody else can swap it, removed at the end. A
 * socket that a dead server left is replaced, that of a living one never.
 */
public final class SocketFile implements Closeable {

    private static final int BACKLOG = 128;
    private static final int TYPE_MASK = 0170000;
    private static final int TYPE_SOCKET = 0140000;
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_ALL = 0002;

    private final ServerSocketChannel channel;
    private final Path file;
    private final Object inode;

    private SocketFile(ServerSocketChannel channel, Path file) throws IOException {
        this.channel = channel;
        this.file = file;
        this.inode = inode(file);
    }

    /** Listens; connecting needs the write permission among {@code permissions}. */
    public static SocketFile listen(Path file, Set<PosixFilePermission> permissions) throws IOException {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IOException("the socket has no folder: " + file);
        }
        checkFolder(folder);
        removeStale(file);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(file), BACKLOG);
            Files.setPosixFilePermissions(file, permissions);
            return new SocketFile(channel, file);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    public SocketChannel accept() throws IOException {
        return channel.accept();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        // Another server may have taken the path over: its file is not ours to remove.
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && inode.equals(inode(file))) {
            Files.deleteIfExists(file);
        }
    }

    private static void checkFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        int mode = (int) Files.getAttribute(folder, "unix:mode");
        if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
            throw new IOException("everybody may write into the folder of the socket: " + folder);
        }
    }

    private static void removeStale(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != TYPE_SOCKET) {
            throw new IOException("there is a file that is not a socket: " + file);
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(file));
        } catch (ConnectException refused) {
            Files.deleteIfExists(file);
            return;
        }
        throw new IOException("another server listens on " + file);
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
