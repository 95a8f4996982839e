package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OverlayPlaceTest {

    @Test
    void anOverlayLiesBesideAFileAndNeverAmongDevices() {
        assertThat(OverlayPlace.of("file", "")).isEqualTo(OverlayPlace.BESIDE);
        assertThat(OverlayPlace.of("block", "")).isEqualTo(OverlayPlace.SCRATCH_POOL);
        assertThat(OverlayPlace.of("volume", "file")).isEqualTo(OverlayPlace.BESIDE);
        assertThat(OverlayPlace.of("volume", "block")).isEqualTo(OverlayPlace.SCRATCH_POOL);
    }

    @Test
    void aDiskThatIsNeitherFileNorDeviceHasNoPlaceForOne() {
        assertThat(OverlayPlace.of("volume", "network")).isEqualTo(OverlayPlace.NONE);
        assertThat(OverlayPlace.of("volume", "")).isEqualTo(OverlayPlace.NONE);
        assertThat(OverlayPlace.of("network", "")).isEqualTo(OverlayPlace.NONE);
    }
}
