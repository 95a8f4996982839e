package io.holdfast.systemtests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.systemtests.history.Ground;
import io.holdfast.systemtests.history.OnTheGround;
import io.holdfast.systemtests.history.PausedVm;
import io.holdfast.systemtests.history.PausedVm.Shape;
import io.holdfast.systemtests.history.RestoreCheck;
import io.holdfast.systemtests.history.RestoreCheck.Expected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A store that lost or changed bytes: a restore says so and names what is damaged, and no disk ever gets a wrong byte. */
@OnTheGround
class DamagedVaultTest {

    private static final String VAULT = "damaged";
    private static final String VM = "precious";

    /** What happens to an object. */
    private enum Damage {
        TRUNCATED {
            @Override
            byte[] of(byte[] whole) {
                return Arrays.copyOf(whole, whole.length / 2);
            }
        },
        FLIPPED {
            @Override
            byte[] of(byte[] whole) {
                byte[] flipped = whole.clone();
                flipped[whole.length / 2] ^= 1;
                return flipped;
            }
        };

        abstract byte[] of(byte[] whole);
    }

    @Test
    void everyTruncatedOrFlippedPackMapAndManifestIsFoundAndNamedAndNothingIsRestoredFromIt(Ground ground)
            throws Exception {
        Path folder = ground.scratch("damaged-vault");
        ground.front()
                .finish(ground.catalog()
                        .addVault(new VaultSpec(VAULT, folder.toUri().toString(), null, null, null))
                        .job());
        PausedVm vm = new PausedVm(ground, VM, List.of(new Shape("qcow2", (6L << 20) + 512))).start();
        try {
            // Bytes that do not compress: most of a pack is frames of blocks, which a restore opens while it is pulled.
            vm.io(0, "write -s " + noise(ground.scratch("noise").resolve("bytes")) + " 0 2M");
            vm.io(0, "write -P 8 3M 1M");
            List<Path> disks = vm.copies(ground.scratch("precious"));
            PointInfo point = ground.front().backup(VM, VAULT, BackupKind.FULL);
            Inventory before = Inventory.calm(ground);
            List<Path> objects = new ArrayList<>(objects(folder.resolve("packs")));
            assertThat(objects).as("packs, of blocks and of the map").isNotEmpty();
            objects.addAll(objects(folder.resolve("points")));
            int jobs = 0;
            for (Path object : objects) {
                byte[] whole = Files.readAllBytes(object);
                for (Damage damage : Damage.values()) {
                    Files.write(object, damage.of(whole));
                    refused(ground, point, folder.relativize(object), damage);
                    assertThat(Inventory.of(ground)).isEqualTo(before.withMoreJobs(++jobs));
                }
                Files.write(object, whole);
            }
            new RestoreCheck(ground).all("r" + VM, List.of(new Expected(point, disks)));
        } finally {
            vm.remove();
        }
    }

    private static Path noise(Path file) throws IOException {
        byte[] bytes = new byte[2 << 20];
        new Random(7).nextBytes(bytes);
        return Files.write(file, bytes);
    }

    private static void refused(Ground ground, PointInfo point, Path object, Damage damage)
            throws InterruptedException {
        JobInfo end = ground.front().end(ground.front().startRestore(point.id(), "from-damage"));
        String what = damage + " " + object + ": " + end.errorCode() + ", " + end.error();
        assertThat(end.errorCode()).as(what).isIn("point-damaged", "vault-corrupt");
        assertThat(Objects.requireNonNull(end.error()))
                .as("names it: " + what)
                .contains(object.getFileName().toString());
    }

    private static List<Path> objects(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
