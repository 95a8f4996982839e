package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.restore.nbd.PointServer;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.testkit.nbd.Certificates;
import io.holdfast.testkit.nbd.Tool;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Points as hypervisors see them: by sealed names, over unix sockets and TLS, through restarts. */
@Timeout(180)
class ServedPointTest {

    private static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    private volatile Instant now = START;

    @SuppressWarnings("NullAway.Init")
    private VaultOfTwoDisks vault;

    @SuppressWarnings("NullAway.Init")
    private Replica replica;

    @BeforeEach
    void serve() throws Exception {
        vault = new VaultOfTwoDisks(folder.resolve("v"), services);
        replica = replica(Optional.empty());
    }

    private Replica replica(Optional<PointServer.Remote> elsewhere) {
        return new Replica(services, seal, () -> now, folder.resolve("s"), elsewhere);
    }

    @AfterEach
    void close() {
        replica.close();
    }

    private NbdClient connect(String name) {
        return NbdClient.connect(new NbdAddress.Unix(folder.resolve("s")), name, NbdClientOptions.defaults());
    }

    private ExportToken token(UUID inVault, UUID point, String disk, Instant expires) {
        return new ExportToken(inVault, MadePoint.VM, point, OptionalLong.empty(), disk, UUID.randomUUID(), expires);
    }

    private String name(String disk) {
        return seal.seal(token(vault.id, vault.point.id(), disk, START.plusSeconds(60)));
    }

    private void refused(String name) {
        assertThatThrownBy(() -> connect(name).close())
                .isInstanceOfSatisfying(
                        NbdException.class, e -> assertThat(e.kind()).isEqualTo(NbdException.Kind.REFUSED))
                .hasMessageNotContaining(name);
    }

    @Test
    void aSealedNameIsServedToTheLastByte() {
        try (var client = connect(name("vdb"))) {
            assertThat(client.size()).isEqualTo(vault.disk("vdb").length);
            assertThat(replica.server.connections()).isEqualTo(1);
            var bytes = ByteBuffer.allocate(1024);
            client.read(client.size() - 1024, bytes);
            assertThat(bytes.array())
                    .isEqualTo(Arrays.copyOfRange(vault.disk("vdb"), (3 << 20) - 512, (3 << 20) + 512));
            assertThat(replica.ledger.bytesServed()).isEqualTo(1024);
        }
        Awaitility.await().until(() -> replica.server.connections() == 0);
    }

    @Test
    void aNameThatTellsAnothersNumberIsServedAllTheSame() {
        for (long sequence : new long[] {vault.point.sequence(), vault.point.sequence() + 1}) {
            var token = new ExportToken(
                    vault.id,
                    MadePoint.VM,
                    vault.point.id(),
                    OptionalLong.of(sequence),
                    "vda",
                    UUID.randomUUID(),
                    START.plusSeconds(60));
            try (var client = connect(seal.seal(token))) {
                assertThat(client.size()).isEqualTo(vault.disk("vda").length);
            }
        }
    }

    @Test
    void namesThatAreExpiredForgedOrOfNothingAreRefused() {
        var foreign = new byte[32];
        foreign[0] = 1;
        String good = name("vda");
        refused("vda");
        refused(seal.seal(token(vault.id, vault.point.id(), "vda", START)));
        refused(name("vdz"));
        refused(seal.seal(token(vault.id, UUID.randomUUID(), "vda", START.plusSeconds(60))));
        refused(new TokenSeal(foreign, new SecureRandom())
                .seal(token(vault.id, vault.point.id(), "vda", START.plusSeconds(60))));
        // No whole number of base64 groups, and more than fits a name.
        refused(good.substring(0, good.length() - 1));
        refused(good.substring(0, good.length() - 2));
        refused(good + "A");
        refused(good + "A".repeat(4000 - good.length()));
    }

    @Test
    void aNameForAnotherVaultShowsNothingOfThisOne() throws Exception {
        Path elsewhere = folder.resolve("w");
        UUID another = UUID.randomUUID();
        try (var store = DirectoryObjectStore.create(elsewhere, InstantSource.system())) {
            MadePoint.in(store, Map.of("vda", new byte[4096]));
        }
        var known = services.onVaultAccess;
        services.onVaultAccess = id -> {
            if (id.equals(another)) {
                return VaultOfTwoDisks.access(id, elsewhere);
            }
            if (!id.equals(vault.id)) {
                throw new ApiException(ErrorCode.VAULT_NOT_FOUND, "No such vault.");
            }
            return known.apply(id);
        };
        refused(seal.seal(token(another, vault.point.id(), "vda", START.plusSeconds(60))));
        refused(seal.seal(token(UUID.randomUUID(), vault.point.id(), "vda", START.plusSeconds(60))));
        connect(name("vda")).close();
    }

    @Test
    void aNameThatExpiresKeepsItsConnectionAndOpensNoOther() {
        String name = name("vda");
        try (var client = connect(name)) {
            now = START.plusSeconds(60);
            refused(name);
            var bytes = ByteBuffer.allocate(4096);
            client.read(1 << 20, bytes);
            assertThat(bytes.array()).isEqualTo(Arrays.copyOfRange(vault.disk("vda"), 1 << 20, (1 << 20) + 4096));
        }
    }

    @Test
    void aPullGoesOnWhereItWasWhenTheProcessIsAnotherOne() throws Exception {
        CountDownLatch midway = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        replica.door.beforeRead = () -> {
            if (reads.incrementAndGet() > 20) {
                midway.countDown();
                await(never);
            }
        };
        Path out = folder.resolve("vda.out");
        try (Tool convert = Pulled.start(folder.resolve("s"), name("vda"), out)) {
            assertThat(midway.await(60, TimeUnit.SECONDS)).isTrue();
            Replica dead = replica;
            replica.server.close();
            assertThat(convert.running()).isTrue();
            replica = replica(Optional.empty());
            assertThat(convert.await()).as(convert.output()).isZero();
            dead.close();
        }
        assertThat(Files.readAllBytes(out)).isEqualTo(vault.disk("vda"));
        assertThat(replica.door.bytes.get()).isLessThan(vault.disk("vda").length);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the connection ended", e);
        }
    }

    @Test
    void hypervisorsElsewherePullOverTlsWithACertificateOnly() throws Exception {
        Path certificates = Certificates.make(folder.resolve("pki"), "rsa");
        Path foreign = Certificates.make(folder.resolve("foreign"), "ec");
        replica.close();
        replica = replica(Optional.of(new PointServer.Remote("127.0.0.1", "localhost", 0, certificates)));
        var at = (NbdEndpoint.Tls) replica.server.of("tls", name("vdb"));
        assertThat(at.host()).isEqualTo("localhost");
        Path out = folder.resolve("vdb.out");
        Tool.run(overTls(at, certificates, out));
        assertThat(Files.readAllBytes(out)).isEqualTo(vault.disk("vdb"));

        Path copy = folder.resolve("vdb.copy");
        Tool.run("nbdcopy", uri(at, certificates), copy.toString());
        assertThat(Files.readAllBytes(copy)).isEqualTo(vault.disk("vdb"));

        try (Tool stranger = Tool.start(overTls(at, foreign, folder.resolve("no.out")))) {
            assertThat(stranger.await()).isNotZero();
        }
        // Who has a certificate but no name gets nothing either.
        var unnamed = new NbdEndpoint.Tls(at.host(), at.port(), "vdb");
        try (Tool nameless = Tool.start(overTls(unnamed, certificates, folder.resolve("no.out")))) {
            assertThat(nameless.await()).isNotZero();
        }
    }

    private static List<String> overTls(NbdEndpoint.Tls at, Path certificates, Path out) {
        return List.of(
                "qemu-img",
                "convert",
                "-O",
                "raw",
                "--object",
                "tls-creds-x509,id=t0,endpoint=client,dir=" + certificates,
                "--image-opts",
                "driver=raw,file.driver=nbd,file.tls-creds=t0,file.host=" + at.host() + ",file.port=" + at.port()
                        + ",file.export=" + at.exportName(),
                out.toString());
    }

    private static String uri(NbdEndpoint.Tls at, Path certificates) {
        return "nbds://" + at.host() + ":" + at.port() + "/" + at.exportName() + "?tls-certificates=" + certificates;
    }

    @Test
    void aSourceThatWantsTlsIsToldWhenThereIsNone() {
        assertThatThrownBy(() -> replica.server.of("tls", "x"))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TARGET_FILL_FAILED));
    }
}
