package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.testkit.nbd.Tool;
import java.nio.file.Path;
import java.util.List;

/** qemu-img as the hypervisor that pulls. */
final class Pulled {

    /** Whether qemu-img could copy all of it. */
    static boolean into(Path out, NbdEndpoint from) {
        var unix = (NbdEndpoint.Unix) from;
        try (Tool convert = start(Path.of(unix.socket()), unix.exportName(), out)) {
            return convert.await() == 0;
        }
    }

    /** As {@link #into}, byte for byte or a failed test. */
    static void whole(Path out, NbdEndpoint from) {
        assertThat(into(out, from)).as("qemu-img reads everything").isTrue();
    }

    /** Begins a copy that waits for a server that went away. */
    static Tool start(Path socket, String exportName, Path out) {
        return Tool.start(List.of(
                "qemu-img",
                "convert",
                "-O",
                "raw",
                "--image-opts",
                "driver=raw,file.driver=nbd,file.server.type=unix,file.reconnect-delay=60,file.export=" + exportName
                        + ",file.server.path=" + socket,
                out.toString()));
    }

    private Pulled() {}
}
