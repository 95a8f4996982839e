package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.vault.pack.AtOnce;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Work that ended in an unforeseen way is told, whatever ended it. */
class NothingCountsAsDoneTest {

    @Test
    void anErrorInOneOfManyThreadsIsThrown() {
        assertThatThrownBy(() -> AtOnce.each(100, at -> {
                    if (at == 50) {
                        throw new OutOfMemoryError("scripted");
                    }
                    return true;
                }))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void aSourceThatFailsWhileItTellsItsRangesFailsAsOneThatCannotBeRead() throws Exception {
        DiskSource good = Vaults.disk("vda", 1 << 20, 1).freeze(Optional.empty(), Optional.empty());
        DiskSource bad = new Telling(good);
        try (Vault vault = Vaults.create(new ScriptedStore());
                BackupSession session = vault.begin(Vaults.intent("job", Optional.empty()))) {
            assertThatThrownBy(() -> session.backup(bad, ProgressListener.NONE))
                    .isInstanceOfSatisfying(
                            VaultException.class,
                            e -> assertThat(e.kind()).isEqualTo(VaultException.Kind.SOURCE_FAILED));
        }
    }

    /** Fails after its first range. */
    private record Telling(DiskSource of) implements DiskSource {
        @Override
        public String key() {
            return of.key();
        }

        @Override
        public long size() {
            return of.size();
        }

        @Override
        public String format() {
            return of.format();
        }

        @Override
        public void read(long offset, java.nio.ByteBuffer into) throws java.io.IOException {
            of.read(offset, into);
        }

        @Override
        public Iterator<Range> allocated() {
            return List.of(0, 1).stream()
                    .map(number -> {
                        if (number == 1) {
                            throw new IllegalStateException("the server is gone");
                        }
                        return new Range(0, 4096);
                    })
                    .iterator();
        }
    }

    @Test
    void aPackThatTwoDisksNeedIsDamageOfBoth() throws Exception {
        ScriptedStore store = new ScriptedStore();
        ModelDisk one = Vaults.disk("vda", 256 << 10, 2);
        ModelDisk two = Vaults.disk("vdb", 256 << 10, 3);
        try (Vault vault = Vaults.create(store)) {
            PointManifest point = Vaults.full(vault, "both", one, two);
            assertThat(point.packs()).hasSize(1);
            assertThat(vault.preflight(point).damageOf(point.disks())).isEmpty();
            store.objects.keySet().removeIf(key -> key.startsWith("packs/"));
            PreflightReport report = vault.preflight(point);
            assertThat(report.damages()).hasSize(1);
            for (PointManifest.Disk disk : point.disks()) {
                assertThat(report.damageOf(List.of(disk))).as(disk.key()).isPresent();
            }
        }
    }
}
