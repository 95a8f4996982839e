package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What restores left on a source that goes, and what begins on it meanwhile. */
@QuarkusTest
class SourceRemovalTest extends TargetSuite {

    private static final String NAME = "dying";

    @Inject
    Rows.Sources sources;

    @Inject
    Rows.SnapshotRows snapshotRows;

    private Target opened(OpenTarget here, UUID of, String name) {
        api.openTarget(new OpenTarget(of, 1, NAME, name, null, here.definition(), "default", null, null, here.disks()));
        return targets.byJob(of).orElseThrow();
    }

    @Test
    void aHypervisorThatIsGoneForGoodKeepsNeitherItsSourceNorTheLastWordOnARestore() throws IOException {
        UUID owing = UUID.randomUUID();
        try (OwnLibvirt other = OwnLibvirt.create()) {
            api.addSource(new SourceSpec(NAME, other.uri(), null, null, null));
            OpenTarget here = request(original(), "lost", null);
            Target lost = opened(here, job, "lost");
            opened(here, owing, "owes");
            targets.change(
                    owing,
                    t -> t.replacing(List.of("/old.qcow2"), true, List.of()).finished());
            assertThat(codeOf(() -> api.removeSource(NAME, false))).isEqualTo(ErrorCode.SOURCE_IN_USE);
            Path socket = other.home.resolve("rt/libvirt/libvirt-sock");
            Path away = Files.move(socket, socket.resolveSibling("away"));
            drivers.forget(sources.byName(NAME).orElseThrow());
            assertThat(codeOf(() -> api.settleTarget(job))).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
            List<String> left = api.removeSource(NAME, false).left();
            assertThat(left)
                    .hasSize(2)
                    .anyMatch(l -> l.contains("lost")
                            && l.contains(lost.disks().getFirst().volume().path()))
                    .anyMatch(l -> l.contains("owes") && l.contains("/old.qcow2"));
            Files.move(away, socket);
        }
        api.settleTarget(job);
        assertThat(api.target(job).state()).isEqualTo(State.ABORTED);
        assertThat(targets.open()).extracting(Target::job).containsExactly(owing);
        reaper.reap();
        assertThat(targets.open()).isEmpty();
        assertThat(api.target(owing).state()).isEqualTo(State.FINISHED);
    }

    @Test
    void aTargetThatWasOpenedMeanwhileKeepsItsSourceAndNoneIsOpenedOnOneThatIsGone() {
        api.addSource(new SourceSpec(NAME, libvirt.otherUri(), null, null, null));
        Source source = sources.byName(NAME).orElseThrow();
        Target target = opened(request(original(), "meanwhile", null), job, "meanwhile");
        assertThat(codeOf(() -> sources.remove(source.id()))).isEqualTo(ErrorCode.SOURCE_IN_USE);
        assertThat(sources.byName(NAME)).isPresent();
        api.settleTarget(job);
        assertThat(api.removeSource(NAME, false).left()).isEmpty();
        targets.remove(job);
        assertThat(ends.forgetBefore(Instant.now().plusSeconds(60))).isPositive();
        assertThat(codeOf(() -> targets.insert(target))).isEqualTo(ErrorCode.SOURCE_NOT_FOUND);
        assertThat(targets.byJob(job)).isEmpty();
    }

    @Test
    void aSourceWithSnapshotsIsForgottenOnlyWhenThatIsSaid() {
        api.addSource(new SourceSpec(NAME, libvirt.otherUri(), null, null, null));
        UUID id = sources.byName(NAME).orElseThrow().id();
        TestVm vm = vm("kept", new TestVm.Disk("vda", "qcow2", MIB));
        snapshotRows.insert(new Snapshot(
                UUID.randomUUID(),
                null,
                id,
                vm.id,
                "before-update",
                null,
                null,
                Snapshot.State.ACTIVE,
                "running",
                "crash",
                List.of(),
                Instant.now()));
        assertThatThrownBy(() -> api.removeSource(NAME, false)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_IN_USE);
            assertThat(e.detail()).contains("kept (" + vm.id + ")", "--forget");
        });
        assertThat(snapshotRows.ofVm(id, vm.id)).hasSize(1);
        assertThat(api.removeSource(NAME, true).left())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("kept (", "before-update"));
        assertThat(snapshotRows.ofVm(id, vm.id)).isEmpty();
        assertThat(sources.byName(NAME)).isEmpty();
    }

    @Test
    void aViewThatWasOpenedMeanwhileKeepsItsSource() {
        api.openView(request(vm("viewed", new TestVm.Disk("vda", "qcow2", MIB)).start(), job, job, List.of()));
        UUID lab = sources.byName(SOURCE).orElseThrow().id();
        assertThat(codeOf(() -> sources.remove(lab))).isEqualTo(ErrorCode.SOURCE_IN_USE);
    }
}
