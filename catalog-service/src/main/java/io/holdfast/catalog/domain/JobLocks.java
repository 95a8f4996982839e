package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobSpec;
import java.util.List;

/**
 * The locks a job holds from its first lease to its end; the table in docs/locking.md, as code.
 *
 * @param exclusive no other job may hold these at all
 * @param shared no other job may hold these exclusively
 */
public record JobLocks(List<String> exclusive, List<String> shared) {

    /** The locks of a job. */
    public static JobLocks of(JobSpec spec) {
        return switch (spec) {
            case JobSpec.Backup b -> new JobLocks(List.of(vm(b.source(), b.vm())), List.of("vault:" + b.vault()));
            case JobSpec.Restore r ->
                new JobLocks(List.of(target(r)), List.of("vault:" + r.vault(), "point:" + r.point()));
            case JobSpec.SnapshotCreate s -> new JobLocks(List.of(vm(s.source(), s.vm())), List.of());
            case JobSpec.SnapshotDelete s -> new JobLocks(List.of(vm(s.source(), s.vm())), List.of());
            // Nothing may use a vault before it is known which one it is.
            case JobSpec.VaultAdd v -> new JobLocks(List.of("vault:" + v.vault()), List.of());
            case JobSpec.VaultCheck v -> new JobLocks(List.of(), List.of("vault:" + v.vault()));
            // What two collections do at once is right and done twice.
            case JobSpec.VaultCollect v -> new JobLocks(List.of("collect:" + v.vault()), List.of("vault:" + v.vault()));
            // A restore that runs shall end before its point goes.
            case JobSpec.PointDelete p -> new JobLocks(List.of("point:" + p.point()), List.of("vault:" + p.vault()));
            case JobSpec.SourceCheck s -> new JobLocks(List.of("source-check:" + s.source()), List.of());
        };
    }

    private static String target(JobSpec.Restore restore) {
        return restore.inPlace()
                ? vm(restore.source(), restore.vm())
                : "name:" + restore.source() + "/" + restore.name();
    }

    private static String vm(String source, String id) {
        return "vm:" + source + "/" + id;
    }
}
