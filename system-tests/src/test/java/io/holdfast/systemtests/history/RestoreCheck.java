package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
            same(vm, points.get(i));
            PausedVm.removeOff(ground, vm);
        }
    }

    private void same(String vm, Expected expected) throws IOException, InterruptedException {
        List<Disk> restored = Disk.in(ground.virsh().inactiveXml(vm));
        assertThat(restored).as("disks of %s", vm).hasSameSizeAs(expected.disks());
        Path into = ground.scratch(vm);
        for (int i = 0; i < restored.size(); i++) {
            Path was = expected.disks().get(i);
            Path is = PausedVm.raw(restored.get(i), into.resolve(restored.get(i).key() + ".raw"));
            String what = "%s, %s (%s) of point %d"
                    .formatted(
                            vm,
                            restored.get(i).key(),
                            restored.get(i).format(),
                            expected.point().sequence());
            assertThat(Files.size(is)).as("size: " + what).isEqualTo(Files.size(was));
            assertThat(Files.mismatch(is, was))
                    .as("first byte that differs: " + what + " " + expected.point())
                    .isEqualTo(-1);
        }
        Ground.deleteTree(into);
    }
}
