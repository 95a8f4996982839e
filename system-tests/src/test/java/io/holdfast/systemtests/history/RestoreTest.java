package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.systemtests.history.PausedVm.Shape;
import io.holdfast.systemtests.history.RestoreCheck.Expected;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a restored virtual machine is beside its bytes. */
@OnTheGround
class RestoreTest {

    private static final long BYTES = (4L << 20) + 512;

    @Test
    void onePointBecomesSeveralVirtualMachinesAtOnce(Ground ground) throws Exception {
        Path copies = ground.scratch("origin");
        PausedVm vm =
                new PausedVm(ground, "origin", List.of(new Shape("qcow2", BYTES), new Shape("raw", BYTES))).start();
        try {
            vm.io(0, "write -P 3 0 3M");
            vm.io(1, "write -P 4 1M 2M");
            List<Path> disks = vm.copies(copies);
            Expected point = new Expected(ground.front().backup("origin", Ground.VAULT, BackupKind.FULL), disks);
            new RestoreCheck(ground).all("twin", List.of(point, point, point));
        } finally {
            vm.remove();
            Ground.deleteTree(copies);
        }
        assertThat(ground.files()).isEmpty();
    }

    @Test
    void networkCardsStayDisconnectedWhileTheOriginalExists(Ground ground) throws Exception {
        PausedVm vm = new PausedVm(ground, "wired", List.of(new Shape("qcow2", BYTES)));
        List<String> made = new ArrayList<>();
        try {
            vm.addNic();
            PointInfo point = ground.front().backup("wired", Ground.VAULT, BackupKind.FULL);
            // The view is closed after the answer.
            await("it was off and is again").until(vm::state, "shut off"::equals);
            String xml = restored(ground, point, "wired-beside", made);
            assertThat(xml).contains("<interface type='user'", "<link state='down'/>");
            assertThat(mac(xml))
                    .as("another card")
                    .isNotEqualTo(mac(ground.virsh().inactiveXml("wired")));
        } finally {
            for (String name : made) {
                PausedVm.removeOff(ground, name);
            }
            vm.remove();
        }
        assertThat(ground.files()).isEmpty();
    }

    private static String restored(Ground ground, PointInfo point, String name, List<String> made) throws Exception {
        JobInfo job = ground.front().startRestore(point.id(), name);
        ground.front().finish(job);
        made.add(name);
        return ground.virsh().inactiveXml(name);
    }

    private static String mac(String xml) {
        int at = xml.indexOf("<mac address='");
        return xml.substring(at, xml.indexOf("/>", at));
    }
}
