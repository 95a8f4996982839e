package io.holdfast.local.guest;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parent for processes whose own parent does not wait for them, as QEMU's below libvirtd.
 *
 * <p>libvirt takes a domain for ended when its process is gone, and an ended process is gone only when its parent has
 * collected it. That is init's task, and a container's init may take its time: then every end of a domain takes a second or
 * two longer. This one collects at once.
 */
public final class Orphans {
    /** Becomes the one to whom orphans below it go (prctl(2): PR_SET_CHILD_SUBREAPER), runs a command, collects them all. */
    private static final String COLLECT = "syscall(0 + shift @ARGV, 36, 1, 0, 0, 0);"
            + "my $pid = fork; defined $pid or die qq(fork: $!\\n);"
            + "if ($pid == 0) { exec @ARGV or die qq($ARGV[0]: $!\\n) }"
            + "while (wait > 0) { }";

    /** prctl's number differs from machine to machine. */
    private static final Map<String, Integer> PRCTL = Map.of("amd64", 157, "aarch64", 167);

    private static final File PERL = new File("/usr/bin/perl");

    private Orphans() {}

    /**
     * The command, below such a parent, which ends when all below it have ended. Where there is no perl or on another kind of
     * machine it is the command itself: everything works, only slower.
     */
    public static List<String> collected(List<String> command) {
        @Nullable Integer prctl = PRCTL.get(System.getProperty("os.arch", ""));
        if (prctl == null || !PERL.canExecute()) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of(PERL.getPath(), "-e", COLLECT, "--", prctl.toString()));
        all.addAll(command);
        return all;
    }
}
