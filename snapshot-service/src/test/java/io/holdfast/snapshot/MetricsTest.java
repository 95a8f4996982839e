package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.snapshot.config.Metrics;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MetricsTest extends Suite {

    @Inject
    Metrics metrics;

    private String read() {
        metrics.refresh();
        return RestAssured.get("/q/metrics").then().statusCode(200).extract().asString();
    }

    @Test
    void viewsCheckpointsTargetsAndScratchAreCounted() {
        TestVm vm = vm("counted", new TestVm.Disk("vda", "qcow2", 4 * MIB)).start();
        UUID job = UUID.randomUUID();
        api.openView(request(vm, job, UUID.randomUUID(), List.of()));
        assertThat(read())
                .containsPattern("holdfast_views\\{[^}]*phase=\"OPEN\"[^}]*} 1\\.0")
                .containsPattern("holdfast_checkpoints\\{[^}]*state=\"PENDING\"[^}]*} 1\\.0")
                .containsPattern("holdfast_scratch_reserved_bytes\\S* [1-9]")
                .containsPattern("holdfast_scratch_full_total\\S* \\d");
        abandon(job);
        assertThat(read())
                .doesNotContain("phase=\"OPEN\"")
                .containsPattern("holdfast_scratch_reserved_bytes\\S* 0\\.0");
    }
}
