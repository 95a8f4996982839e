package io.holdfast.cli.direct;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What stands at a path: a pipe would hang whoever opens it, a character device never ends. */
enum FileKind {
    ABSENT,
    FILE,
    BLOCK_DEVICE,
    OTHER;

    private static final int TYPE = 0170000;
    private static final int BLOCK = 0060000;

    /** Follows links. */
    static FileKind of(Path path) {
        if (!Files.exists(path)) {
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
