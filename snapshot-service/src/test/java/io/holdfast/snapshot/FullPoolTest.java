package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A restore into a storage pool that runs full while it is filled. */
@QuarkusTest
class FullPoolTest extends TargetSuite {

    private static final String TIGHT_SOURCE = "tight-pool";
    private static final long DISK = 6 * MIB;

    @SuppressWarnings("NullAway.Init")
    private static OwnLibvirt tight;

    @BeforeAll
    static void aSmallPool() {
        tight = OwnLibvirt.create(10 * MIB);
    }

    @AfterAll
    static void close() {
        tight.close();
    }

    @AfterEach
    void nothingIsLeftThere() {
        api.abortTarget(job, new AbortTarget(1));
        tight.virsh("pool-refresh", "tight");
        assertThat(tight.virsh("vol-list", "tight")).doesNotContain("restored");
        api.removeSource(TIGHT_SOURCE, false);
    }

    /** All of it is data. */
    private Path full() {
        Path raw = content(DISK, "0x41");
        Shell.run("qemu-io", "-f", "raw", "-c", "write -P 0x42 0 " + DISK, raw.toString());
        return raw;
    }

    private void open(String format, long dataBytes) {
        api.addSource(new SourceSpec(TIGHT_SOURCE, tight.uri(), null, null, null));
        String definition = libvirt.virsh("dumpxml", original().name, "--inactive");
        api.openTarget(new OpenTarget(
                job,
                1,
                TIGHT_SOURCE,
                "restored",
                null,
                definition,
                "tight",
                null,
                sourceId(),
                List.of(new OpenTarget.TargetDisk("vda", DISK, format, dataBytes))));
    }

    @Test
    void itIsNamedWithWhatIsMissingAndFilledWhenThereIsRoom() {
        open("qcow2", DISK);
        // Somebody else writes there meanwhile.
        tight.virsh("vol-create-as", "tight", "other", "7M", "--allocation", "7M");
        Path vda = full();
        TargetInfo failed = fill(Map.of("vda", vda));
        assertThat(failed.state()).isEqualTo(TargetInfo.State.FAILED);
        assertThat(failed.code()).as(failed.detail()).isEqualTo(ErrorCode.NO_SPACE.wire());
        assertThat(failed.detail()).contains("storage pool tight ran full").contains("still to be written");
        tight.virsh("vol-delete", "other", "tight");
        TargetInfo filled = fill(Map.of("vda", vda));
        assertThat(filled.state()).as(filled.detail()).isEqualTo(TargetInfo.State.FILLED);
        assertThat(filled.code()).isNull();
    }

    @Test
    void alsoWhereADiskNeedsMoreThanWasThought() {
        open("raw", 0);
        tight.virsh("vol-create-as", "tight", "other", "7M", "--allocation", "7M");
        assertThat(fill(Map.of("vda", full())).code()).isEqualTo(ErrorCode.NO_SPACE.wire());
        tight.virsh("vol-delete", "other", "tight");
    }

    @Test
    void whatBreaksForAnotherReasonIsNotBlamedOnThePool() {
        open("qcow2", DISK);
        TargetInfo failed = fill(Map.of("vda", content(2 * MIB, "0x43")));
        assertThat(failed.code()).as(failed.detail()).isEqualTo(ErrorCode.TARGET_FILL_FAILED.wire());
    }
}
