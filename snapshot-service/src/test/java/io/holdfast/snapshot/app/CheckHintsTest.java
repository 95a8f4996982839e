package io.holdfast.snapshot.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CheckHintsTest {

    private final CheckHints hints = new CheckHints(Path.of("/run/holdfast/nbd"));

    @Test
    void whatWasDeniedIsAnsweredWithLinesToRun() {
        assertThat(hints.of("Failed to bind socket: Permission denied", "unix"))
                .contains(
                        "setfacl -m u:libvirt-qemu:rwx -m d:u:libvirt-qemu:rw /run/holdfast/nbd",
                        "chmod 2770 /run/holdfast/nbd",
                        "\"/run/holdfast/nbd/*\" rwk,",
                        "/etc/apparmor.d/local/abstractions/libvirt-qemu");
        assertThat(hints.of("TLS handshake failed", "tls")).contains("nbd_tls_x509_cert_dir");
        assertThat(hints.of("The storage pool x is not started.", "unix")).isEmpty();
        assertThat(hints.of("Permission denied", "tls")).isEmpty();
    }
}
