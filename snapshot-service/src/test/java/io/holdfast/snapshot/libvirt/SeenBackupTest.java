package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.snapshot.app.Leftovers;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenBackupTest {

    private static final String SCRATCH = "holdfast.scratch.0011223344556677.vda";
    private static final Leftovers.Owned NOTHING = new Leftovers.Owned(Set.of(), Set.of(), Set.of());

    private static SeenBackup seen(String server, String scratch) {
        return SeenBackup.of("<domainbackup mode='pull'>" + server
                + "<disks><disk name='vda' backup='yes'><scratch file='/pool/" + scratch
                + "'/></disk></disks></domainbackup>");
    }

    @Test
    void aJobOverTlsIsKnownByItsScratch() {
        String tls = "<server transport='tcp' name='0.0.0.0' port='10900'/>";
        assertThat(seen(tls, SCRATCH).stray(NOTHING)).isTrue();
        assertThat(seen(tls, SCRATCH).madeWith(Path.of("/nbd"))).isTrue();
        assertThat(seen(tls, SCRATCH).stray(new Leftovers.Owned(Set.of(SCRATCH), Set.of(), Set.of())))
                .isFalse();
        assertThat(seen(tls, "backup.vda").stray(NOTHING)).isFalse();
    }

    @Test
    void aJobOnThisMachineIsKnownByItsSocket() {
        SeenBackup ours = seen("<server transport='unix' socket='/nbd/holdfast.1.sock'/>", SCRATCH);
        assertThat(ours.stray(NOTHING)).isTrue();
        assertThat(ours.madeWith(Path.of("/nbd"))).isTrue();
        assertThat(ours.madeWith(Path.of("/elsewhere/nbd"))).isFalse();
        assertThat(ours.stray(new Leftovers.Owned(Set.of(), Set.of("/nbd/holdfast.1.sock"), Set.of())))
                .isFalse();
    }
}
