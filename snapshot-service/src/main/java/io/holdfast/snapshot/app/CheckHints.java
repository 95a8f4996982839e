package io.holdfast.snapshot.app;

import java.nio.file.Path;
import java.util.Locale;

/** What to do on a host where a check was denied something: lines that can be run or added as they are. */
final class CheckHints {

    private final Path folder;

    CheckHints(Path folder) {
        this.folder = folder.toAbsolutePath();
    }

    /** A hint for what the hypervisor said, with a space before it; empty if there is none. */
    String of(String said, String nbd) {
        String low = said.toLowerCase(Locale.ROOT);
        if (low.contains("tls") || low.contains("certificate")) {
            return " QEMU needs certificates on that host: backup_tls_x509_cert_dir and nbd_tls_x509_cert_dir in"
                    + " /etc/libvirt/qemu.conf.";
        }
        if (!nbd.equals("unix") || !denied(low)) {
            return "";
        }
        return " QEMU's user (libvirt-qemu, or user= in /etc/libvirt/qemu.conf) must be able to reach and write "
                + folder
                + ": `setfacl -m u:libvirt-qemu:rwx -m d:u:libvirt-qemu:rw " + folder + "` and `setfacl -m"
                + " u:libvirt-qemu:x` for each folder above it that keeps it out; or share a group: `chgrp kvm "
                + folder
                + " && chmod 2770 " + folder + "`. With AppArmor also add the line `\"" + folder + "/*\" rwk,` to"
                + " /etc/apparmor.d/local/abstractions/libvirt-qemu.";
    }

    private static boolean denied(String low) {
        return low.contains("permission denied") || low.contains("no such file") || low.contains("failed to connect");
    }
}
