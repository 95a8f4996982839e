package io.holdfast.snapshot;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Role;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.view.OpenView;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.SourceCheck;
import io.holdfast.snapshot.domain.Source;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SourceTest extends Suite {

    @Inject
    SourceCheck check;

    @Inject
    Rows.Sources sources;

    @Inject
    Drivers drivers;

    @Inject
    Rows.Checks checks;

    @Inject
    EntityManager em;

    private SourceSpec spec(String name, String uri) {
        return new SourceSpec(name, uri, null, null, null);
    }

    @Test
    void onlyLibvirtUrisThatRunNoProgramAreTaken() {
        for (String uri : List.of(
                "vpx://host/dc", "http://host/", "qemu:///nothing", "qemu+ssh://h/system?command=/bin/sh", "x y")) {
            assertThat(codeOf(() -> api.addSource(spec("bad", uri))))
                    .as(uri)
                    .isEqualTo(ErrorCode.SOURCE_SCHEME_UNSUPPORTED);
        }
    }

    @Test
    void anUnreachableHypervisorIsRefusedAndNothingIsKept() {
        assertThat(codeOf(() -> api.addSource(spec("dead", "qemu:///session?socket=/nowhere/sock"))))
                .isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
        assertThat(codeOf(() -> api.source("dead"))).isEqualTo(ErrorCode.SOURCE_NOT_FOUND);
        assertThat(codeOf(() -> api.addSource(spec(SOURCE, libvirt.uri())))).isEqualTo(ErrorCode.SOURCE_EXISTS);
        assertThat(codeOf(() -> api.addSource(spec("twice", libvirt.uri()))))
                .as("one hypervisor under two names")
                .isEqualTo(ErrorCode.SOURCE_EXISTS);
    }

    @Test
    void aSourceWhoseScratchPoolIsNotThereIsRefused() {
        assertThat(codeOf(() -> api.addSource(new SourceSpec("poolless", libvirt.otherUri(), "nosuch", null, null))))
                .isEqualTo(ErrorCode.POOL_NOT_FOUND);
        assertThat(codeOf(() -> api.source("poolless"))).isEqualTo(ErrorCode.SOURCE_NOT_FOUND);
    }

    @Test
    void credentialsAreSealedInTheDatabaseAndInNoAnswer() {
        SourceCredentials credentials = new SourceCredentials("bob", "hunter2");
        var shown = api.addSource(new SourceSpec("sealed", libvirt.otherUri(), null, null, null, credentials));
        try {
            byte[] stored = (byte[]) em.createNativeQuery("select credentials from source where name = 'sealed'")
                    .getSingleResult();
            assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain("hunter2", "bob");
            assertThat(sources.byName("sealed").orElseThrow().credentials()).isEqualTo(credentials);
            assertThat(sources.byName("sealed").orElseThrow().toString()).doesNotContain("hunter2");
            assertThat(shown.toString()).doesNotContain("hunter2", "bob");
            String listed = given().auth()
                    .oauth2(Rig.token(Duration.ofHours(1), Role.VIEWER))
                    .get("/api/v1/sources")
                    .asString();
            assertThat(listed).contains("sealed").doesNotContain("hunter2", "bob");
        } finally {
            api.removeSource("sealed", false);
        }
    }

    @Test
    void credentialsThatDoNotOpenConcernTheirOwnSourceOnly() {
        api.addSource(new SourceSpec(
                "locked", libvirt.otherUri(), null, null, null, new SourceCredentials("bob", "hunter2")));
        drivers.forget(sources.byName("locked").orElseThrow());
        QuarkusTransaction.requiringNew()
                .run(() -> em.createNativeQuery(
                                "update source set credentials = credentials || credentials" + " where name = 'locked'")
                        .executeUpdate());
        assertThat(api.sources()).extracting(SourceInfo::name).contains(SOURCE, "locked");
        TestVm vm = vm("unlocked", new TestVm.Disk("vda", "qcow2", MIB));
        assertThat(api.vm(SOURCE, vm.id).name()).isEqualTo(vm.name);
        assertThatThrownBy(() -> api.vm("locked", vm.id)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
            assertThat(e.detail()).contains("locked", "another key");
        });
        assertThat(api.removeSource("locked", false).left()).isEmpty();
    }

    @Test
    void howDisksAreHandedOverFollowsFromTheUri() {
        assertThat(api.source(SOURCE).nbd()).isEqualTo("unix");
        assertThat(drivers.handoverOf("qemu+tls://far.example/system")).isEqualTo("tls");
    }

    @Test
    void aSourceThatIsUsedStaysAndAnUnusedOneGoes() {
        api.addSource(spec("second", libvirt.otherUri()));
        api.removeSource("second", false);
        TestVm vm = vm("used", new TestVm.Disk("vda", "qcow2", MIB)).start();
        api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of()));
        assertThat(codeOf(() -> api.removeSource(SOURCE, false))).isEqualTo(ErrorCode.SOURCE_IN_USE);
    }

    @Test
    void theInventoryListsDisksByStableKeyAndSaysWhatABackupCannotHold() {
        TestVm vm = vm("inventory", new TestVm.Disk("vda", "qcow2", 2 * MIB), new TestVm.Disk("vdb", "raw", MIB));
        VmInfo info = api.vm(SOURCE, vm.id);
        assertThat(info.state()).isEqualTo("off");
        assertThat(info.disks()).extracting(VmInfo.DiskInfo::key).containsExactly("vda", "vdb");
        assertThat(info.disks()).extracting(VmInfo.DiskInfo::virtualBytes).containsExactly(2 * MIB, MIB);
        assertThat(info.disks()).allMatch(VmInfo.DiskInfo::backup);
        assertThat(api.vms(null, "inventory", null, 10).items()).singleElement().isEqualTo(info);
        assertThat(codeOf(() -> api.vm(SOURCE, UUID.randomUUID().toString()))).isEqualTo(ErrorCode.VM_NOT_FOUND);
        assertThat(codeOf(() -> api.vm(SOURCE, "no-uuid"))).isEqualTo(ErrorCode.VM_NOT_FOUND);
    }

    /** libvirt would wait for somebody who writes into the pipe, and hold the VM's lock: nobody could list VMs any more. */
    @Test
    void aPipeInPlaceOfADiskHangsNobody() {
        TestVm odd = vm("piped", new TestVm.Disk("vda", "raw", MIB));
        TestVm good = vm("unpiped", new TestVm.Disk("vda", "qcow2", MIB));
        String pipe = odd.file("vda", "raw").toString();
        Shell.run("rm", pipe);
        Shell.run("mkfifo", pipe);
        assertThat(api.vm(SOURCE, odd.id).disks())
                .singleElement()
                .satisfies(disk -> assertThat(disk.backup()).isFalse())
                .satisfies(disk -> assertThat(disk.reason()).contains("neither a file nor a block device"));
        assertThat(codeOf(() -> api.openView(request(odd, UUID.randomUUID(), UUID.randomUUID(), List.of()))))
                .isEqualTo(ErrorCode.DISK_UNSUPPORTED);
        assertThat(api.vms(SOURCE, null, null, 50).items())
                .extracting(VmInfo::name)
                .contains("piped", "unpiped");
        assertThat(api.vms(SOURCE, good.id, null, 10).items()).hasSize(1);
    }

    @Test
    void whatNoBackupHoldsIsNotOpened() {
        TestVm vm = vm("with-cd", new TestVm.Disk("vda", "qcow2", MIB));
        String pipe = libvirt.home.resolve("cd.iso").toString();
        Shell.run("mkfifo", pipe);
        vm.attach(
                "<disk type='file' device='cdrom'><source file='" + pipe
                        + "'/><target dev='sda' bus='sata'/><readonly/></disk>",
                "--config");
        assertThat(api.vm(SOURCE, vm.id).disks())
                .extracting(VmInfo.DiskInfo::backup)
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void aVmIsFoundByNameAndByIdAlone() {
        TestVm vm = vm("looked-for", new TestVm.Disk("vda", "qcow2", MIB));
        for (String called : List.of("looked-for", vm.id)) {
            assertThat(api.vms(null, called, null, 10).items())
                    .singleElement()
                    .satisfies(found -> assertThat(found.id()).isEqualTo(vm.id));
        }
        assertThat(api.vms(SOURCE, "nobody", null, 10).items()).isEmpty();
        assertThat(api.vms(SOURCE, "no/body", null, 10).items()).isEmpty();
    }

    @Test
    void aNameIsNotResolvedWhileASourceThatMayHaveItTooDoesNotAnswer() {
        vm("web", new TestVm.Disk("vda", "qcow2", MIB));
        try (OwnLibvirt other = OwnLibvirt.create()) {
            api.addSource(spec("other", other.uri()));
        }
        try {
            assertThat(codeOf(() -> api.vms(null, "web", null, 10))).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
            assertThat(api.vms(SOURCE, "web", null, 10).items()).hasSize(1);
            assertThat(api.vms(null, null, null, 10).items())
                    .as("a listing leaves it out")
                    .extracting(VmInfo::name)
                    .contains("web");
        } finally {
            api.removeSource("other", false);
        }
    }

    /** After a migration both hypervisors may define it, and they share its disks. */
    @Test
    void aVmThatIsOffHereAndRunsOnAnotherSourceIsNotTouched() {
        TestVm vm = vm("migrated", new TestVm.Disk("vda", "qcow2", MIB));
        try (OwnLibvirt other = OwnLibvirt.create()) {
            vm.startOn(other);
            api.addSource(spec("elsewhere", other.uri()));
            OpenView wish = request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of());
            assertThatThrownBy(() -> api.openView(wish)).isInstanceOfSatisfying(ApiException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.VM_AMBIGUOUS);
                assertThat(e.detail()).contains("elsewhere");
            });
            assertThat(libvirt.virsh("domstate", vm.name)).contains("shut off");
            other.virsh("destroy", vm.name);
            assertThat(api.openView(wish).disks()).hasSize(1);
        } finally {
            api.removeSource("elsewhere", false);
        }
    }

    @Test
    void pagesFollowEachOther() {
        vm("page1", new TestVm.Disk("vda", "qcow2", MIB));
        vm("page2", new TestVm.Disk("vda", "qcow2", MIB));
        var first = api.vms(SOURCE, null, null, 1);
        var second = api.vms(SOURCE, null, first.next(), 1);
        assertThat(first.items().getFirst().name()).isEqualTo("page1");
        assertThat(second.items().getFirst().name()).isEqualTo("page2");
        assertThat(second.next()).isNull();
    }

    @Test
    void theConnectionComesBackAfterTheDaemonsRestart() {
        TestVm vm = vm("survivor", new TestVm.Disk("vda", "qcow2", MIB)).start();
        libvirt.restart();
        assertThat(api.vm(SOURCE, vm.id).state()).isEqualTo("paused");
        assertThat(api.source(SOURCE).state()).isEqualTo("ok");
    }

    @Test
    void checkingASourceProvesBothDirectionsAndLeavesNothing() {
        assertThat(check.run(SOURCE).lines())
                .containsExactly(
                        "connected",
                        "a helper VM was started, paused",
                        "scratch was reserved in pool default",
                        "a frozen view with a checkpoint was opened",
                        "the view was read over NBD",
                        "a helper VM pulled what was served here, as a restore does");
        assertThat(checks.all()).isEmpty();
    }

    @Test
    void whatACutOffCheckLeftIsReaped() {
        UUID id = UUID.randomUUID();
        Source source = sources.byName(SOURCE).orElseThrow();
        checks.begin(new Rows.Checks.Check(id, source.id()));
        drivers.of(source).probe().open(id);
        // The probe's volume is called left over once the helper that uses it is gone.
        assertThat(api.leftovers()).anyMatch(l -> l.contains("helper domain"));
        reaper.reap();
        assertThat(api.leftovers()).isEmpty();
        assertThat(checks.all()).isEmpty();
    }

    @Test
    void everyPathButHealthAndMetricsWantsAToken() throws Exception {
        given().get("/api/v1/sources").then().statusCode(401).contentType("application/problem+json");
        given().get("/q/openapi").then().statusCode(401);
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/health/ready").then().statusCode(200);
        given().get("/q/metrics").then().statusCode(200);
        KeyPairGenerator foreign = KeyPairGenerator.getInstance("EC");
        foreign.initialize(new ECGenParameterSpec("secp256r1"));
        Duration hour = Duration.ofHours(1);
        status(Rig.token(foreign.generateKeyPair().getPrivate(), hour, Role.WORKER), 401);
        status(Rig.token(Duration.ofMinutes(-5), Role.WORKER), 401);
        status(Rig.token(hour, Role.OPERATOR), 403);
        status(Rig.token(hour, Role.VIEWER), 200);
        given().auth()
                .oauth2(Rig.token(hour, Role.VIEWER))
                .contentType("application/json")
                .body("{\"job\":\"" + UUID.randomUUID() + "\",\"outcome\":\"committed\"}")
                .post("/api/v1/views/settle")
                .then()
                .statusCode(403)
                .contentType("application/problem+json");
    }

    private static void status(String token, int expected) {
        given().auth().oauth2(token).get("/api/v1/sources").then().statusCode(expected);
    }

    @Test
    void aBodyOfThreeMegabytesIsRefused() {
        int status = given().auth()
                .oauth2(Rig.token(Duration.ofHours(1), Role.WORKER))
                .contentType("application/json")
                .body("x".repeat(3 << 20))
                .post("/api/v1/sources")
                .statusCode();
        assertThat(status).isEqualTo(413);
    }
}
