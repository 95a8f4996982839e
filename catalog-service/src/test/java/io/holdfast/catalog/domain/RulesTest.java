package io.holdfast.catalog.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobKind.Runner;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RulesTest {

    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-00000000000a");

    @Test
    void locksAreAsTheTableInTheDocumentSays() {
        var backup = new JobSpec.Backup("lab", "1", "web", ID, ID, BackupKind.FULL, Consistency.CRASH);
        assertThat(JobLocks.of(backup)).isEqualTo(new JobLocks(List.of("vm:lab/1"), List.of("vault:" + ID)));
        assertThat(JobLocks.of(restore("copy")))
                .isEqualTo(new JobLocks(List.of("name:lab/copy"), List.of("vault:" + ID, "point:" + ID)));
        assertThat(JobLocks.of(restore(null)))
                .isEqualTo(new JobLocks(List.of("vm:lab/1"), List.of("vault:" + ID, "point:" + ID)));
        assertThat(JobLocks.of(new JobSpec.PointDelete(ID, ID, "1", "web")))
                .isEqualTo(new JobLocks(List.of("point:" + ID), List.of("vault:" + ID)));
        assertThat(JobLocks.of(new JobSpec.VaultCollect(ID)))
                .isEqualTo(new JobLocks(List.of("collect:" + ID), List.of("vault:" + ID)));
        assertThat(JobLocks.of(new JobSpec.SnapshotCreate("lab", "1", "web", "s", null, false)))
                .isEqualTo(new JobLocks(List.of("vm:lab/1"), List.of()));
        assertThat(JobLocks.of(new JobSpec.SnapshotDelete("lab", "1", "web", "s")))
                .isEqualTo(new JobLocks(List.of("vm:lab/1"), List.of()));
        assertThat(JobLocks.of(new JobSpec.VaultAdd(ID))).isEqualTo(new JobLocks(List.of("vault:" + ID), List.of()));
        assertThat(JobLocks.of(new JobSpec.VaultCheck(ID))).isEqualTo(new JobLocks(List.of(), List.of("vault:" + ID)));
        assertThat(JobLocks.of(new JobSpec.SourceCheck("lab")))
                .isEqualTo(new JobLocks(List.of("source-check:lab"), List.of()));
    }

    private static JobSpec.Restore restore(@Nullable String name) {
        return new JobSpec.Restore(ID, ID, "lab", "1", name, name == null, null, null, List.of(), false, null);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "3,4", "6,32", "7,60", "40,60", "2000000000,60"})
    void waitsDoubleUpToTheMost(int failures, int seconds) {
        var backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
        assertThat(backoff.after(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @EnumSource(JobKind.class)
    void onlyBackupsAndFailedRestoresAreSettledAndOnlyWhenAnAttemptBegan(JobKind kind) {
        for (JobState state : List.of(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)) {
            assertThat(Settlement.of(kind, state, 0)).isEmpty();
            boolean good = state == JobState.SUCCEEDED;
            var expected = switch (kind) {
                case BACKUP -> good ? Settlement.SETTLE_COMMITTED : Settlement.SETTLE_ABANDONED;
                case RESTORE -> good ? null : Settlement.ABORT_TARGET;
                default -> null;
            };
            assertThat(Settlement.of(kind, state, 3).orElse(null)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "file:///srv/v,file:///srv/v",
        "file:///srv//v/,file:///srv/v",
        "file:///srv/a%20b,file:///srv/a%20b",
        "s3+http://127.0.0.1:9000/backups,s3+http://127.0.0.1:9000/backups",
        "s3+https://Store.Example/backups/a/b/,s3+https://store.example/backups/a/b",
        "s3+http://[::1]:9000/backups,s3+http://[::1]:9000/backups"
    })
    void aVaultUrlHasOneNormalForm(String text, String normal) {
        assertThat(VaultUrl.parse(text).text()).isEqualTo(normal);
        assertThat(VaultUrl.parse(normal).text()).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({
        "http://host/bucket",
        "file:///",
        "file://",
        "file:a",
        "file://host/a",
        "file:///a/./b",
        "file:///a/../b",
        "file:///a?x=1",
        "file:///a#f",
        "file:///a%0ab",
        "s3+http:///bucket",
        "s3+http://host",
        "s3+http://host/ab",
        "s3+http://host/bucket/../x",
        "s3+http://host/bucket//x",
        "s3+http://u:p@host/bucket",
        "s3+http://u@host/bucket",
        "s3+http://host:99999/bucket",
        "s3+http://host/bucket/a%2fb",
        "nonsense",
        "s3+http://a b/bucket",
        "s3:///x"
    })
    void whatIsNoVaultUrlIsRefusedWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> VaultUrl.parse(text))
                .isInstanceOf(ApiException.class)
                .hasMessageStartingWith("The vault's URL is not valid.")
                .hasMessageNotContaining("u:p");
    }

    @Test
    void recoveryKeysHaveOneHundredAndSixtyBitsInGroups() {
        Set<String> seen = new HashSet<>();
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 1000; i++) {
            String key = RecoveryKey.generate(random);
            assertThat(key).matches("([A-Z2-7]{4}-){7}[A-Z2-7]{4}");
            assertThat(seen.add(key)).isTrue();
        }
    }

    @Test
    void usefulParallelismCountsLimitsAndLocks() {
        var limits = new QueueDepth.Limits(2, 3);
        List<QueueDepth.Entry> entries = List.of(
                entry(true, "a", "1", true),
                entry(false, "a", "1", true),
                entry(false, "a", "2", true),
                entry(false, "a", "3", true),
                entry(false, "b", "4", false),
                entry(false, "b", "5", true),
                entry(false, "c", "6", true));
        // One runs; of those that wait the second is locked, the fourth is over the source's limit, the fifth is not
        // due, and the last is over the vault's.
        assertThat(QueueDepth.of(Runner.BACKUP_WORKER, entries, limits))
                .isEqualTo(new QueueDepth(Runner.BACKUP_WORKER, 6, 1, 3));
        assertThat(QueueDepth.of(Runner.RESTORE_SERVICE, entries, limits))
                .isEqualTo(new QueueDepth(Runner.RESTORE_SERVICE, 0, 0, 0));
    }

    private static QueueDepth.Entry entry(boolean running, String source, String vm, boolean due) {
        var locks = new JobLocks(List.of("vm:" + source + "/" + vm), List.of("vault:" + ID));
        return new QueueDepth.Entry(Runner.BACKUP_WORKER, running, true, due, false, source, ID, locks);
    }

    @ParameterizedTest
    @CsvSource({"web,,web", "lab/web,lab,web", "lab/a/b,lab,a/b"})
    void aVmReferenceIsANameOrASourceAndAName(String text, @Nullable String source, String name) {
        assertThat(VmRef.parse(text)).isEqualTo(new VmRef(source, name));
    }
}
