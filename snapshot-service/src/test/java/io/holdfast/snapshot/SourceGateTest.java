package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.snapshot.rest.SnapshotResource;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** People change sources through the catalog alone: it writes the audit. */
class SourceGateTest {

    /** Nothing behind it: whoever is let through meets a null. */
    @NullUnmarked
    private static SnapshotResource calledBy(String subject) {
        var identity = QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(subject))
                .build();
        return new SnapshotResource(null, null, null, null, null, null, null, null, identity, "catalog-service");
    }

    @Test
    void onlyTheCatalogAddsAndRemovesSources() {
        var spec = new SourceSpec("lab", "qemu:///system", null, null, null);
        for (String other : new String[] {"admin", "backup-worker", "restore-service"}) {
            assertThatThrownBy(() -> calledBy(other).addSource(spec))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
            assertThatThrownBy(() -> calledBy(other).removeSource("lab", false))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        }
        assertThatThrownBy(() -> calledBy("catalog-service").addSource(spec)).isInstanceOf(NullPointerException.class);
    }
}
