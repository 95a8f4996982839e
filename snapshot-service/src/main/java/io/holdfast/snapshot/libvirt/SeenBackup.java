package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.app.Leftovers;
import io.holdfast.snapshot.domain.Marks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.w3c.dom.Element;

/**
 * A running backup job, as far as it shows whose it is: by its socket, or, over TLS, by its scratch. Pure.
 *
 * @param socket empty over TLS
 * @param scratch paths
 */
record SeenBackup(String socket, List<String> scratch) {

    static SeenBackup of(String xml) {
        Element job = Xml.parse(xml);
        List<String> scratch = new ArrayList<>();
        Xml.child(job, "disks")
                .ifPresent(disks -> Xml.children(disks, "disk")
                        .forEach(d -> scratch.add(Xml.attr(Xml.child(d, "scratch"), "file"))));
        return new SeenBackup(Xml.attr(Xml.child(job, "server"), "socket"), List.copyOf(scratch));
    }

    /** Whether it carries the mark and no row owns it. */
    boolean stray(Leftovers.Owned owned) {
        boolean marked = socket.contains("/" + Marks.PREFIX)
                || scratch.stream().anyMatch(s -> fileName(s).startsWith(Marks.PREFIX));
        return marked
                && !owned.sockets().contains(socket)
                && scratch.stream().map(SeenBackup::fileName).noneMatch(owned.names()::contains);
    }

    /** Whether this service made it: another Holdfast's sockets lie in a folder of its own. */
    boolean madeWith(Path sockets) {
        return socket.isEmpty() || Path.of(socket).startsWith(sockets.toAbsolutePath());
    }

    static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
