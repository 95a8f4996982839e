package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Restores points as new virtual machines and compares their disks with what they were. */
public final class RestoreCheck {

    private final Ground ground;

    public RestoreCheck(Ground ground) {
        this.ground = ground;
    }

    /**
     * A point and what it has to hold.
     *
     * @param disks one raw file per disk, in the definition's order
     */
    public record Expected(PointInfo point, List<Path> disks) {}

    /** Restores them all, at the same time, and compares every byte; nothing of the restored machines is left. */
    public void all(String prefix, List<Expected> points) throws IOException, InterruptedException {
        List<JobInfo> jobs = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            jobs.add(ground.front().startRestore(points.get(i).point().id(), prefix + "-" + (i + 1)));
        }
        for (int i = 0; i < points.size(); i++) {
            JobInfo end = ground.front().finish(jobs.get(i));
            assertThat(end.attempt()).as("attempts of a restore beside others").isEqualTo(1);
            String vm = prefix + "-" + (i + 1);
            same(vm, points.get(i), points);
            PausedVm.removeOff(ground, vm);
        }
    }

    private void same(String vm, Expected expected, List<Expected> all) throws IOException, InterruptedException {
        List<Disk> restored = Disk.in(ground.virsh().inactiveXml(vm));
        assertThat(restored).as("disks of %s", vm).hasSameSizeAs(expected.disks());
        Path into = ground.scratch(vm);
        for (int i = 0; i < restored.size(); i++) {
            int disk = i;
            Path was = expected.disks().get(i);
            Path is = PausedVm.raw(restored.get(i), into.resolve(restored.get(i).key() + ".raw"));
            String what = "%s, %s (%s) of point %d"
                    .formatted(
                            vm,
                            restored.get(i).key(),
                            restored.get(i).format(),
                            expected.point().sequence());
            assertThat(Files.size(is)).as("size: " + what).isEqualTo(Files.size(was));
            long differs = Files.mismatch(is, was);
            assertThat(differs)
                    .as(() -> "first byte that differs: " + what + ", " + told(is, was, differs, disk, all) + " "
                            + expected.point())
                    .isEqualTo(-1);
        }
        Ground.deleteTree(into);
    }

    /** How much differs, and which points' copies have the wrong bytes: what came too early or stayed too long. */
    private static String told(Path is, Path was, long from, int disk, List<Expected> all) {
        try {
            byte[] found = Files.readAllBytes(is);
            byte[] wanted = Files.readAllBytes(was);
            int differing = 0;
            int last = (int) from;
            for (int i = 0; i < found.length; i++) {
                if (found[i] != wanted[i]) {
                    differing++;
                    last = i;
                }
            }
            List<Integer> like = new ArrayList<>();
            for (int p = 0; p < all.size(); p++) {
                byte[] other = Files.readAllBytes(all.get(p).disks().get(disk));
                if (Arrays.equals(found, (int) from, last + 1, other, (int) from, last + 1)) {
                    like.add(p + 1);
                }
            }
            return "%d bytes up to %d differ, %02x instead of %02x, as in points %s"
                    .formatted(differing, last, found[(int) from], wanted[(int) from], like);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
