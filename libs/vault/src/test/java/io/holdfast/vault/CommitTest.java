package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.StorageException;
import io.holdfast.vault.ChainReport.Trouble;
import io.holdfast.vault.VaultException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is committed can be read, what is not known is said, and what was lost is not written over. */
class CommitTest {

    private static PointManifest empty(Vault vault, BackupIntent intent, PointFacts facts) {
        try (BackupSession session = vault.begin(intent)) {
            return session.commit(facts);
        }
    }

    @Test
    void aManifestNamesTheSourceByItsIdWhereItHasOne() {
        try (Vault vault = Vaults.create(new ScriptedStore())) {
            UUID source = UUID.randomUUID();
            PointFacts facts = new PointFacts(
                    Vaults.NOW, Consistency.CRASH, "running", "<domain/>", List.of(), Optional.of(source));
            PointManifest named = empty(vault, Vaults.intent("one", Optional.empty()), facts);
            PointManifest unnamed = empty(vault, Vaults.intent("two", Optional.empty()), Vaults.FACTS);
            assertThat(vault.point(named.id(), named.vm()).orElseThrow().sourceId())
                    .contains(source);
            assertThat(vault.point(unnamed.id(), unnamed.vm()).orElseThrow().sourceId())
                    .isEmpty();
        }
    }

    @Test
    void aManifestThatNobodyCouldReadAgainIsNotCommitted() {
        ScriptedStore store = new ScriptedStore();
        PointFacts facts = new PointFacts(
                Vaults.NOW, Consistency.CRASH, "running", "<domain/>", List.of("x".repeat((1 << 20) + 1)));
        try (Vault vault = Vaults.create(store)) {
            assertThatThrownBy(() -> empty(vault, Vaults.intent("job", Optional.empty()), facts))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED));
            assertThat(store.objects.keySet()).noneMatch(key -> key.startsWith("points/"));
        }
    }

    @Test
    void aCommitThatIsRefusedAfterATryWithoutAnAnswerHasAnUnknownOutcome() {
        ScriptedStore store = new ScriptedStore();
        int[] puts = {0};
        store.after = (request, key) -> {
            if (request.equals("put") && key.startsWith("points/") && puts[0]++ == 0) {
                throw ScriptedStore.unavailable();
            }
        };
        store.before = (request, key) -> {
            if (request.equals("put") && key.startsWith("points/") && puts[0] > 0) {
                throw new StorageException(StorageException.Kind.DENIED, "the keys were changed");
            }
        };
        try (Vault vault = Vaults.create(store)) {
            BackupIntent intent = Vaults.intent("job", Optional.empty());
            assertThatThrownBy(() -> empty(vault, intent, Vaults.FACTS))
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
            store.heal();
            assertThat(vault.committed("vm-1", "job")).isPresent();
        }
    }

    @Test
    void aChainThatLostItsNewestPointsGoesOnAfterTheLastNumberThatIsKnownAndSaysSo() {
        ScriptedStore store = new ScriptedStore();
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = empty(vault, Vaults.intent("one", Optional.empty()), Vaults.FACTS);
            empty(vault, Vaults.intent("two", Optional.empty()), Vaults.FACTS);
            PointManifest three = empty(vault, Vaults.intent("three", Optional.empty()), Vaults.FACTS);
            store.objects.keySet().removeIf(key -> key.matches("points/.*[23]"));
            BackupIntent plain = Vaults.intent("four", Optional.empty());
            BackupIntent knowing = new BackupIntent(
                    plain.vm(),
                    plain.vmName(),
                    plain.source(),
                    plain.job(),
                    plain.point(),
                    plain.moment(),
                    plain.kind(),
                    plain.base(),
                    Optional.of(three.head()));
            PointManifest four = empty(vault, knowing, Vaults.FACTS);
            assertThat(four.sequence()).isEqualTo(4);
            // A record of the gap stands between: all writers contest one number, whatever they remember.
            assertThat(four.previous()).map(ChainHead::sequence).contains(2L);
            assertThat(one.sequence()).isEqualTo(1);
            assertThat(four.notes()).anyMatch(note -> note.contains("rolled back"));
            assertThat(vault.checkChain("vm-1", Optional.of(four.head())).findings())
                    .extracting(ChainReport.Finding::trouble)
                    .containsExactly(Trouble.REMOVED, Trouble.REMOVED);
            assertThat(vault.points("vm-1")).containsExactly(one, four);
        }
    }

    @Test
    void theManifestOfAnEarlierAttemptIsFoundWithoutAWrite() {
        ScriptedStore store = new ScriptedStore();
        try (Vault vault = Vaults.create(store)) {
            assertThat(vault.committed("vm-1", "job")).isEmpty();
            PointManifest point = empty(vault, Vaults.intent("job", Optional.empty()), Vaults.FACTS);
            int objects = store.objects.size();
            assertThat(vault.committed("vm-1", "job")).contains(point);
            assertThat(vault.committed("vm-1", "another")).isEmpty();
            assertThat(store.objects).hasSize(objects);
        }
    }
}
