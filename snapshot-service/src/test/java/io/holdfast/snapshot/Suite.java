package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.Role;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.BearerTokenFilter;
import io.holdfast.api.rest.ProblemReader;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.SettleView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.snapshot.app.Reaper;
import io.holdfast.snapshot.app.Rows;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the running service share: the service over HTTP, a source, VMs that go away, and a look for leftovers. */
@QuarkusTestResource(Rig.class)
abstract class Suite {

    static final String SOURCE = "lab";
    static final long MIB = 1 << 20;

    @Inject
    Reaper reaper;

    @Inject
    Rows.Views views;

    @Inject
    Rows.Checkpoints checkpoints;

    @Inject
    Rows.Targets targets;

    @Inject
    Rows.JobEnds ends;

    SnapshotServiceApi api;
    final OwnLibvirt libvirt = Rig.libvirt();
    final List<TestVm> vms = new ArrayList<>();
    final UUID vault = UUID.randomUUID();

    static {
        // What is waited for is mostly there at once.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
    }

    @BeforeEach
    void connect() {
        api = client(Rig.token(Duration.ofHours(1), Role.WORKER));
        if (api.sources().stream().noneMatch(s -> s.name().equals(SOURCE))) {
            api.addSource(new SourceSpec(SOURCE, libvirt.uri(), null, null, null));
        }
    }

    static SnapshotServiceApi client(String token) {
        Path file = Rig.libvirt().home.resolve("token-" + UUID.randomUUID());
        TestFiles.write(file, token);
        return QuarkusRestClientBuilder.newBuilder()
                .baseUri(URI.create("http://127.0.0.1:" + RestAssured.port))
                .connectTimeout(5, TimeUnit.SECONDS)
                .readTimeout(120, TimeUnit.SECONDS)
                .register(new BearerTokenFilter(file))
                .register(ProblemReader.class)
                .build(SnapshotServiceApi.class);
    }

    @AfterEach
    void nothingIsLeft() {
        for (var v : views.unclosed()) {
            abandon(v.job());
        }
        for (var t : targets.all()) {
            api.abortTarget(t.job(), new AbortTarget(t.fencing()));
        }
        try {
            assertThat(api.leftovers()).isEmpty();
        } finally {
            vms.forEach(TestVm::remove);
            checkpoints.all().forEach(c -> checkpoints.remove(c.moment()));
        }
    }

    TestVm vm(String name, TestVm.Disk... disks) {
        TestVm vm = new TestVm(libvirt, name, disks);
        vms.add(vm);
        return vm;
    }

    OpenView request(TestVm vm, UUID job, UUID point, List<UUID> bases) {
        return request(vm, job, 1, vault, point, bases);
    }

    static OpenView request(TestVm vm, UUID job, long fencing, UUID vault, UUID point, List<UUID> bases) {
        BackupKind kind = bases.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL;
        return new OpenView(job, fencing, SOURCE, vm.id, vault, point, kind, bases);
    }

    /** A committed point: opened, not read, settled. */
    UUID committed(TestVm vm, UUID inVault, List<UUID> bases) {
        UUID job = UUID.randomUUID();
        UUID point = UUID.randomUUID();
        commit(api.openView(request(vm, job, 1, inVault, point, bases)));
        return point;
    }

    /** The catalog's word that the point of this view's moment is in the vault. */
    void commit(ViewInfo view) {
        api.settleView(new SettleView(view.job(), "committed", view.moment()));
    }

    /** The catalog's word that there will be no point. */
    void abandon(UUID job) {
        api.settleView(new SettleView(job, "abandoned", null));
    }

    static ViewInfo.ViewDisk disk(ViewInfo view, String key) {
        return view.disks().stream()
                .filter(d -> d.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    static String uri(ViewInfo.ViewDisk disk) {
        NbdEndpoint.Unix unix = (NbdEndpoint.Unix) disk.endpoint();
        return "nbd+unix:///" + unix.exportName() + "?socket=" + unix.socket();
    }

    /** Reads a disk of a view in full with a program that is not ours. */
    Path readFull(ViewInfo view, String key) {
        Path to = libvirt.home.resolve("read-" + UUID.randomUUID() + ".raw");
        Shell.run("nbdcopy", uri(disk(view, key)), to.toString());
        return to;
    }

    /** Writes what a view says changed over {@code onto}; answers how many bytes that were. */
    static long applyChanges(ViewInfo.ViewDisk disk, Path onto) {
        NbdEndpoint.Unix unix = (NbdEndpoint.Unix) disk.endpoint();
        String context = String.valueOf(disk.changedContext());
        long changed = 0;
        try (NbdClient client = NbdClient.connect(
                        new NbdAddress.Unix(Path.of(unix.socket())),
                        unix.exportName(),
                        NbdClientOptions.defaults().withMetaContexts(context));
                FileChannel file = FileChannel.open(onto, StandardOpenOption.WRITE)) {
            for (NbdExtent e : client.extents(context, 0, client.size()).toList()) {
                if ((e.flags() & 1) == 1) {
                    ByteBuffer bytes = ByteBuffer.allocate((int) e.length());
                    client.read(e.offset(), bytes);
                    file.write(bytes.flip(), e.offset());
                    changed += e.length();
                }
            }
            return changed;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static void same(Path a, Path b) {
        assertThat(TestFiles.mismatch(a, b))
                .as(a + " differs from " + b + " at")
                .isEqualTo(-1);
    }

    static ErrorCode codeOf(ThrowingCallable call) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).isInstanceOf(ApiException.class);
        return ((ApiException) thrown).code();
    }
}
