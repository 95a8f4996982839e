package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.domain.Checkpoint;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Checkpoints whose vault, VM or source is no more. */
@QuarkusTest
class CheckpointEndTest extends Suite {

    private TestVm running(String name) {
        TestVm vm = vm(name, new TestVm.Disk("vda", "qcow2", 4 * MIB), new TestVm.Disk("vdb", "qcow2", 2 * MIB));
        vm.start();
        vm.io(0, "write -P 0x11 0 1M");
        return vm;
    }

    private String monitor(TestVm vm, String command) {
        return libvirt.virsh("qemu-monitor-command", vm.name, command);
    }

    /** Names of bitmaps with our mark, and the nodes they are on. */
    private List<String> bitmaps(TestVm vm) {
        try {
            JsonNode nodes = new ObjectMapper().readTree(monitor(vm, "{\"execute\":\"query-named-block-nodes\"}"));
            return nodes.path("return").findParents("dirty-bitmaps").stream()
                    .flatMap(n -> n.path("dirty-bitmaps").findValuesAsText("name").stream()
                            .filter(b -> b.startsWith("holdfast."))
                            .map(b -> n.path("node-name").asText() + " " + b))
                    .filter(line -> !line.startsWith(" "))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void done(String answer) {
        assertThat(answer).doesNotContain("error");
    }

    private long sizeOf(TestVm vm, String node) {
        try {
            for (JsonNode n : new ObjectMapper()
                    .readTree(monitor(vm, "{\"execute\":\"query-named-block-nodes\"}"))
                    .path("return")) {
                if (n.path("node-name").asText().equals(node)) {
                    return n.path("image").path("virtual-size").asLong();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("no node " + node);
    }

    @Test
    void theCheckpointsOfAForgottenVaultGoAndThoseOfAnotherStay() {
        TestVm vm = running("forget");
        UUID other = UUID.randomUUID();
        committed(vm, vault, List.of());
        UUID kept = committed(vm, other, List.of());
        assertThat(bitmaps(vm)).hasSize(4);
        api.forgetVault(vault);
        api.forgetVault(vault);
        reaper.reap();
        assertThat(checkpoints.all()).extracting(Checkpoint::point).containsExactly(kept);
        assertThat(libvirt.virsh("checkpoint-list", vm.name).lines().filter(l -> l.contains("holdfast")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(kept.toString()));
        assertThat(bitmaps(vm)).hasSize(2);
    }

    @Test
    void aForgottenVaultsCheckpointOnAVmThatIsOffGoesWhenItRunsAgain() {
        TestVm vm = running("forget-off");
        committed(vm, vault, List.of());
        libvirt.virsh("destroy", vm.name);
        api.forgetVault(vault);
        reaper.reap();
        assertThat(checkpoints.all()).extracting(Checkpoint::state).containsExactly(Checkpoint.State.DROPPING);
        vm.start();
        reaper.reap();
        assertThat(checkpoints.all()).isEmpty();
        assertThat(bitmaps(vm)).isEmpty();
    }

    @Test
    void aBusyBitmapIsNotForgottenButTriedAgain() {
        TestVm vm = running("busy");
        committed(vm, vault, List.of());
        // Two places apart from each other: a job of one byte a second has something left to do.
        for (String write : List.of("write -P 0x12 0 64k", "write -P 0x12 1M 64k")) {
            vm.io(0, write);
            vm.io(1, write);
        }
        String[] node = bitmaps(vm).stream().findFirst().orElseThrow().split(" ", -1);
        done(monitor(vm, """
                {"execute":"blockdev-add","arguments":{"driver":"null-co","node-name":"nowhere","size":%d}}
                """.formatted(sizeOf(vm, node[0]))));
        done(monitor(vm, """
                {"execute":"blockdev-backup","arguments":{"job-id":"busy","device":"%s","target":"nowhere",
                "sync":"bitmap","bitmap":"%s","bitmap-mode":"never","speed":1}}
                """.formatted(node[0], node[1])));
        api.forgetVault(vault);
        reaper.reap();
        assertThat(checkpoints.all()).extracting(Checkpoint::state).containsExactly(Checkpoint.State.DROPPING);
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).contains("holdfast");
        done(monitor(vm, """
                {"execute":"block-job-cancel","arguments":{"device":"busy","force":true}}
                """));
        await().until(() -> !monitor(vm, "{\"execute\":\"query-block-jobs\"}").contains("busy"));
        reaper.reap();
        assertThat(checkpoints.all()).isEmpty();
        assertThat(bitmaps(vm)).isEmpty();
    }

    @Test
    void aCheckpointWhoseBitmapsAreLostIsForgotten() {
        TestVm vm = running("lost");
        committed(vm, vault, List.of());
        vm.kill();
        vm.start();
        api.forgetVault(vault);
        reaper.reap();
        assertThat(checkpoints.all()).isEmpty();
        assertThat(libvirt.virsh("checkpoint-list", vm.name)).doesNotContain("holdfast");
    }

    @Test
    void aCheckpointThatLibvirtDoesNotKnowIsNoBaseAndIsForgotten() {
        TestVm vm = running("unknown");
        UUID base = committed(vm, vault, List.of());
        String name = checkpoints.all().getFirst().name();
        libvirt.virsh("checkpoint-delete", vm.name, name);
        UUID job = UUID.randomUUID();
        ViewInfo view = api.openView(request(vm, job, UUID.randomUUID(), List.of(base)));
        assertThat(disk(view, "vda").fullReason()).contains("no checkpoint of an earlier point");
        abandon(job);
        api.forgetVault(vault);
        reaper.reap();
        assertThat(checkpoints.all()).isEmpty();
    }

    @Test
    void theCheckpointsOfAVanishedVmGo() {
        TestVm vm = running("vanished");
        TestVm stays = running("stays");
        committed(vm, vault, List.of());
        UUID kept = committed(stays, vault, List.of());
        vm.remove();
        reaper.reap();
        assertThat(checkpoints.all()).extracting(Checkpoint::point).containsExactly(kept);
    }

    @Test
    void aSourceGoesWithItsCheckpointsAndNamesWhatStays() {
        api.addSource(new SourceSpec("leaving", libvirt.otherUri(), null, null, null));
        TestVm on = running("leaving-on");
        TestVm off = running("leaving-off");
        for (TestVm vm : List.of(on, off)) {
            UUID job = UUID.randomUUID();
            commit(api.openView(new OpenView(
                    job, 1, "leaving", vm.id, vault, UUID.randomUUID(), io.holdfast.api.BackupKind.FULL, List.of())));
        }
        UUID job = UUID.randomUUID();
        api.openView(new OpenView(
                job, 1, "leaving", on.id, vault, UUID.randomUUID(), io.holdfast.api.BackupKind.FULL, List.of()));
        assertThat(codeOf(() -> api.removeSource("leaving", false))).isEqualTo(ErrorCode.SOURCE_IN_USE);
        abandon(job);
        libvirt.virsh("destroy", off.name);
        assertThat(api.removeSource("leaving", false).left())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains("leaving-off (" + off.id + ")")
                        .contains("1 of the checkpoints"));
        assertThat(codeOf(() -> api.source("leaving"))).isEqualTo(ErrorCode.SOURCE_NOT_FOUND);
        assertThat(bitmaps(on)).isEmpty();
        assertThat(checkpoints.all()).isEmpty();
        off.remove();
    }
}
