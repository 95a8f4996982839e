package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.snapshot.domain.Marks;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MarksTest {

    @Test
    void aRestoredDiskIsKnownByItsName() {
        String name = Marks.restored("web.1", UUID.randomUUID(), "vda", "qcow2");
        assertThat(Marks.isRestored(name, "web.1", "vda")).isTrue();
        assertThat(Marks.isRestored(name, "web.1", "vdb")).isFalse();
        assertThat(Marks.isRestored(name, "web-1", "vda")).isFalse();
        assertThat(Marks.isRestored("web.1-vda.qcow2", "web.1", "vda")).isFalse();
        assertThat(Marks.isRestored(Marks.overlay(UUID.randomUUID(), "vda"), "snapshot", "vda"))
                .as("an overlay of a VM called snapshot")
                .isFalse();
    }
}
