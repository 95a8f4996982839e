package io.holdfast.cli.direct;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What stands at a path: a pipe would hang whoever opens it, a character device never ends. */
enum FileKind {
    ABSENT,
    FILE,
    BLOCK_DEVICE,
    OTHER;

    private static final int TYPE = 0170000;
    private static final int BLOCK = 0060000;

    /** Follows links; one that leads nowhere is OTHER. Fails where nobody may look. */
    static FileKind of(Path path) throws IOException {
        try {
            BasicFileAttributes _ = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return ABSENT;
        }
        if (Files.isRegularFile(path)) {
            return FILE;
        }
        try {
            return ((int) Files.getAttribute(path, "unix:mode") & TYPE) == BLOCK ? BLOCK_DEVICE : OTHER;
        } catch (IOException | UnsupportedOperationException e) {
            return OTHER;
        }
    }
}
