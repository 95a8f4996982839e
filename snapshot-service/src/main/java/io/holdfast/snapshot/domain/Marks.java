package io.holdfast.snapshot.domain;

import java.util.UUID;
import java.util.regex.Pattern;

/** How everything that Holdfast makes on a hypervisor is named, so that it is known again. */
public final class Marks {
    /** Every name of ours starts with it: helper domains, volumes, checkpoints, snapshots, sockets. */
    public static final String PREFIX = "holdfast.";

    /** So starts the name of a snapshot's overlay. */
    public static final String OVERLAY = PREFIX + "snapshot.";

    /** So starts the name of a view's scratch, which only the storage pool's own calls make. */
    public static final String SCRATCH = PREFIX + "scratch.";

    private static final int SHORT = 8;

    private Marks() {}

    /** The libvirt name of a checkpoint; the VM is known from the domain that has it. At most 62 characters. */
    public static String checkpoint(UUID vault, UUID point, UUID moment) {
        return PREFIX + brief(vault) + "." + point + "." + brief(moment);
    }

    public static String scratch(UUID moment, String disk) {
        return SCRATCH + brief(moment) + brief(moment, SHORT) + "." + disk;
    }

    public static String socket(UUID moment) {
        return PREFIX + brief(moment) + brief(moment, SHORT) + ".sock";
    }

    public static String checkSocket(UUID check) {
        return PREFIX + "check." + brief(check) + ".sock";
    }

    public static String helper(UUID owner) {
        return PREFIX + "helper." + owner;
    }

    /** A restored disk keeps this name for its life: it says which VM it belongs to. */
    public static String restored(String vmName, UUID job, String disk, String format) {
        return PREFIX + vmName + "." + brief(job) + "." + disk + "." + format;
    }

    /** Whether a file is called so as the restored disk of this VM. */
    public static boolean isRestored(String file, String vmName, String disk) {
        return file.matches(Pattern.quote(PREFIX + vmName + ".") + "[0-9a-f]{" + SHORT + "}"
                + Pattern.quote("." + disk + ".") + "(qcow2|raw)");
    }

    public static String overlay(UUID snapshot, String disk) {
        return OVERLAY + brief(snapshot) + brief(snapshot, SHORT) + "." + disk + ".qcow2";
    }

    public static String snapshot(UUID snapshot) {
        return PREFIX + snapshot;
    }

    private static String brief(UUID id) {
        return brief(id, 0);
    }

    private static String brief(UUID id, int from) {
        return id.toString().replace("-", "").substring(from, from + SHORT);
    }
}
