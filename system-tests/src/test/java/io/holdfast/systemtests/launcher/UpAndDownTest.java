package io.holdfast.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.OsProcess;
import io.holdfast.local.guest.OwnLibvirt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One suite, from its first start on: each test goes on where the one before it ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpAndDownTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Path folder = Path.of("unset");
    private Path home = Path.of("unset");
    private CommandLine holdfast = new CommandLine(home);
    private OwnLibvirt libvirt;

    @BeforeAll
    void makeFolder() throws Exception {
        // Short, and with a blank: sockets are made below it, and people have such folders.
        folder = Files.createTempDirectory(Path.of("/tmp"), "hu");
        home = folder.resolve("my state");
        holdfast = new CommandLine(home);
        libvirt = OwnLibvirt.in(folder.resolve("l v"));
    }

    @AfterAll
    void removeAll() throws Exception {
        holdfast.run("down");
        libvirt.close();
        assertThat(OsProcess.withVariable(variable -> variable.contains(folder.toString())))
                .as("processes that are left")
                .isEmpty();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Test
    @Order(1)
    void verbsThatOnlyLookMakeNoStateFolder() throws Exception {
        assertThat(holdfast.run("status").exit()).isEqualTo(3);
        assertThat(holdfast.run("down").exit()).isZero();
        assertThat(home).doesNotExist();
    }

    @Test
    @Order(2)
    void aSecondUpWaitsForTheFirstAndBothSayTheSame() throws Exception {
        CommandLine.Running first = holdfast.start("up");
        CommandLine.Ran second = holdfast.run("up");
        CommandLine.Ran one = CommandLine.end(first);

        assertThat(one.exit()).as(one.err()).isZero();
        assertThat(second.exit()).as(second.err()).isZero();
        assertThat(one.out() + second.out()).contains("The suite is up: ").contains("The suite runs already: http");
    }

    @Test
    @Order(3)
    void statusTellsAPartThatIsDeadFromAnAnswer() throws Exception {
        CommandLine.Ran fine = holdfast.run("status", "-o", "json");
        assertThat(fine.exit()).isZero();
        assertThat(fine.json().path("parts")).hasSize(6);
        long supervisor = suiteFile().path("supervisorPid").asLong();
        long worker = pid(fine, "backup-worker");

        // A supervisor that cannot act: the dead worker stays dead for as long as the test looks.
        signal("STOP", supervisor);
        try {
            OsProcess.of(worker).ifPresent(OsProcess::kill);
            await().atMost(PATIENCE).until(() -> OsProcess.of(worker).isEmpty());

            CommandLine.Ran ran = holdfast.run("status");
            assertThat(ran.exit()).as(ran.out()).isEqualTo(1);
            assertThat(ran.out())
                    .containsPattern("backup-worker .*not running")
                    .containsPattern("catalog-service .*ready");
        } finally {
            signal("CONT", supervisor);
        }
        // Each look is a JVM.
        await().pollInterval(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> holdfast.run("status").exit() == 0);
    }

    @Test
    @Order(4)
    void aRestorePointSurvivesARestartOfEverythingAndAKilledSupervisor() throws Exception {
        machine();
        done("source", "add", "lab", libvirt.uri());
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "correct horse battery\n");
        done(
                "vault",
                "add",
                "main",
                s3Vault(),
                "--s3-credentials",
                suiteFile().path("objectsCredentialsFile").asText(),
                "--passphrase-file",
                passphrase.toString());
        CommandLine.Ran mixed = holdfast.run("backup", "m1", "nobody", "--vault", "main");
        assertThat(mixed.exit()).as("one of two failed").isEqualTo(1);
        assertThat(mixed.out() + mixed.err()).contains("m1", "nobody");
        String point = onlyPoint();

        done("down");
        assertThat(holdfast.run("status").exit()).isEqualTo(3);
        done("up");
        assertThat(onlyPoint()).isEqualTo(point);
        done("restore", point, "--as", "m2", "--pool", "disks");

        killSupervisor();
        done("up");
        assertThat(onlyPoint()).isEqualTo(point);
        done("restore", point, "--as", "m3", "--pool", "disks");
        assertThat(libvirt.virsh().domains()).contains("m1", "m2", "m3");
        sameDisk("m1", "m2");
        sameDisk("m1", "m3");
    }

    @Test
    @Order(5)
    void theVaultOfASuiteIsOpenedWithNoneOfItsServices() throws Exception {
        String point = onlyPoint();
        String[] opened = {
            s3Vault(),
            "--s3-credentials",
            suiteFile().path("objectsCredentialsFile").asText(),
            "--passphrase-file",
            folder.resolve("passphrase").toString()
        };
        JsonNode points = direct("points", opened, "-o", "json").json();
        assertThat(points).hasSize(1);
        assertThat(points.path(0).path("point").asText()).isEqualTo(point);
        assertThat(points.path(0).path("vm").asText()).isEqualTo("m1");
        Path raw = folder.resolve("restored.raw");
        Path definition = folder.resolve("m1.xml");
        CommandLine.Ran ran = direct("restore", opened, point, "vda=" + raw, "--definition", definition.toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(definition).content().contains("<name>m1</name>");
        run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw.toString(), disk("m1"));
        assertThat(direct("verify", opened).exit()).isZero();
    }

    private CommandLine.Ran direct(String verb, String[] opened, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("direct", verb));
        words.addAll(List.of(opened));
        words.addAll(List.of(more));
        return holdfast.run(words.toArray(String[]::new));
    }

    private JsonNode suiteFile() throws IOException {
        return new ObjectMapper().readTree(home.resolve("suite.json").toFile());
    }

    private String s3Vault() throws IOException {
        return "s3+" + suiteFile().path("objects").asText() + "/"
                + suiteFile().path("bucket").asText() + "/vault";
    }

    private void killSupervisor() throws IOException {
        long pid = suiteFile().path("supervisorPid").asLong();
        OsProcess.of(pid).ifPresent(OsProcess::kill);
        await().atMost(PATIENCE).until(() -> OsProcess.of(pid).isEmpty());
    }

    /** A machine that is off, with one disk that has something on it. */
    private void machine() throws Exception {
        Path disks = Files.createDirectory(folder.resolve("disks"));
        libvirt.start();
        libvirt.virsh().directoryPool("disks", disks);
        Path raw = disks.resolve("raw");
        byte[] bytes = new byte[3 << 20];
        new java.util.Random(3).nextBytes(bytes);
        Files.write(raw, bytes);
        run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "qcow2",
                raw.toString(),
                disks.resolve("m1.qcow2").toString());
        Files.delete(raw);
        libvirt.virsh().define("""
                <domain type='qemu'><name>m1</name><memory unit='MiB'>32</memory>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                    <source file='%s'/><target dev='vda' bus='virtio'/></disk></devices>
                </domain>
                """.formatted(disks.resolve("m1.qcow2")));
    }

    private void sameDisk(String one, String other) throws Exception {
        run("qemu-img", "compare", "-f", "qcow2", "-F", "qcow2", disk(one), disk(other));
    }

    private String disk(String machine) throws Exception {
        return libvirt.virsh()
                .run("domblklist", machine, "--details")
                .lines()
                .filter(line -> line.contains("vda"))
                .map(line -> line.substring(line.indexOf('/')).strip())
                .findFirst()
                .orElseThrow();
    }

    private String onlyPoint() throws Exception {
        JsonNode items = holdfast.run("point", "list", "-o", "json").json().path("items");
        assertThat(items).hasSize(1);
        return items.path(0).path("id").asText();
    }

    private void done(String... arguments) throws Exception {
        CommandLine.Ran ran = holdfast.run(arguments);
        assertThat(ran.exit())
                .as(String.join(" ", arguments) + ": " + ran.err() + ran.out())
                .isZero();
    }

    private static long pid(CommandLine.Ran status, String part) throws IOException {
        return status.json()
                .path("parts")
                .valueStream()
                .filter(p -> p.path("name").asText().equals(part))
                .findFirst()
                .orElseThrow()
                .path("pid")
                .asLong();
    }

    private static void signal(String name, long pid) throws Exception {
        run("kill", "-" + name, Long.toString(pid));
    }

    private static void run(String... command) throws Exception {
        Command.run(PATIENCE, List.of(command));
    }
}
