package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.point.PointInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backups into a vault that lost, or whose store damaged, what earlier backups put there. */
class DamagedVaultTest extends BackUpFixture {

    @Test
    void aDamagedOldManifestNeitherStopsABackupNorIsItsDamageKeptSecret() throws Exception {
        PointInfo old = full();
        PointInfo newer = full();
        Files.write(manifest(old), new byte[] {1, 2, 3});
        PointInfo next = backedUp(job(BackupKind.INCREMENTAL, List.of(head(newer)), old.id()));
        assertThat(next.sequence()).isEqualTo(3);
        assertThat(next.notes()).anyMatch(note -> note.startsWith("Manifest 1 ") && note.contains("damaged"));
        assertThat(services.opened.getLast().bases()).isEmpty();
        assertThat(restored(next.id())).isEqualTo(Qemu.content(image));
    }

    @Test
    void aDamagedNewestManifestIsSkippedAndNoted() throws Exception {
        PointInfo first = full();
        PointInfo newest = full();
        Files.write(manifest(newest), new byte[] {1, 2, 3});
        PointInfo next = backedUp(job(BackupKind.FULL, List.of(head(newest))));
        assertThat(next.sequence()).isEqualTo(3);
        assertThat(next.notes()).anyMatch(note -> note.startsWith("Manifest 2 ") && note.contains("damaged"));
        assertThat(restored(first.id())).isEqualTo(Qemu.content(image));
    }

    @Test
    void aRolledBackVaultIsExtendedWithANoteAndUnderANumberThatWasNeverGiven() throws Exception {
        full();
        PointInfo lost = full();
        Files.delete(manifest(lost));
        PointInfo next = backedUp(job(BackupKind.FULL, List.of(head(lost))));
        assertThat(next.sequence()).isEqualTo(3);
        assertThat(next.notes()).anyMatch(note -> note.contains("rolled back"));
        PointInfo after = backedUp(job(BackupKind.FULL, List.of(head(next))));
        assertThat(after.notes()).noneMatch(note -> note.contains("rolled back"));
    }

    @Test
    void aBaseWithAMissingPackIsReadInFullAndThePointSaysWhichOne() throws Exception {
        PointInfo base = full();
        try (var files = Files.walk(folder.resolve("vault/packs"))) {
            Files.delete(files.filter(Files::isRegularFile).findFirst().orElseThrow());
        }
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", base.id());
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, base.id()), context(p -> {}));
            PointInfo point = json.treeToValue(result, PointInfo.class);
            assertThat(point.disks().getFirst().read()).isEqualTo("full");
            assertThat(point.disks().getFirst().fullReason()).contains("pack").contains("not there");
            assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        }
    }

    @Test
    void aDamagedBaseCostsAFullReadNotTheBackup() throws Exception {
        PointInfo base = full();
        try (var files = Files.walk(folder.resolve("vault"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                Files.delete(pack);
            }
        }
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", base.id());
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, base.id()), context(p -> {}));
            assertThat(restored(json.treeToValue(result, PointInfo.class).id())).isEqualTo(Qemu.content(image));
        }
    }
}
