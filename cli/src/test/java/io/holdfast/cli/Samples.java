package io.holdfast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.cli.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records as a catalog answers them. */
public final class Samples {

    public static final UUID JOB = UUID.fromString("11111111-0000-4000-8000-000000000001");
    public static final UUID OTHER_JOB = UUID.fromString("22222222-0000-4000-8000-000000000002");
    public static final UUID POINT = UUID.fromString("abcdef12-0000-4000-8000-000000000003");
    public static final UUID OTHER_POINT = UUID.fromString("abcdef99-0000-4000-8000-000000000004");
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    public static JobInfo job(UUID id, JobKind kind, JobState state) {
        return job(id, kind, state, null, null, null);
    }

    public static JobInfo succeeded(UUID id, JobKind kind, Object result) {
        return job(id, kind, JobState.SUCCEEDED, null, null, tree(result));
    }

    public static JobInfo failed(UUID id, JobKind kind, ErrorCode code, String error) {
        return job(id, kind, JobState.FAILED, code.wire(), error, null);
    }

    public static JobInfo failed(UUID id, JobKind kind, ErrorCode code, String error, Object result) {
        return job(id, kind, JobState.FAILED, code.wire(), error, tree(result));
    }

    public static JobInfo running(UUID id, String phase, long done, long total) {
        Progress progress = new Progress(phase, done, total, null, 1L << 20, 9L);
        return new JobInfo(
                id,
                JobKind.BACKUP,
                JobState.RUNNING,
                "web1",
                "lab",
                "vm-1",
                1,
                false,
                progress,
                null,
                null,
                null,
                "admin",
                NOON,
                NOON,
                null);
    }

    /** Waits for its next attempt. */
    public static JobInfo waiting(UUID id, String code, String error) {
        return job(id, JobKind.BACKUP, JobState.QUEUED, code, error, null);
    }

    /** Will end badly unless an attempt had done it. */
    public static JobInfo looking(UUID id, String code, String error) {
        JobInfo job = waiting(id, code, error);
        return new JobInfo(
                job.id(),
                job.kind(),
                job.state(),
                job.subject(),
                job.source(),
                job.vm(),
                job.attempt(),
                false,
                Progress.of("look", 0, 0),
                code,
                error,
                null,
                job.createdBy(),
                job.createdAt(),
                job.startedAt(),
                null);
    }

    private static JobInfo job(
            UUID id,
            JobKind kind,
            JobState state,
            @Nullable String code,
            @Nullable String error,
            @Nullable JsonNode result) {
        return new JobInfo(
                id,
                kind,
                state,
                "web1",
                "lab",
                "vm-1",
                1,
                false,
                null,
                code,
                error,
                result,
                "admin",
                NOON,
                state == JobState.QUEUED ? null : NOON,
                state.ended() ? NOON.plusSeconds(75) : null);
    }

    public static PointInfo point(UUID id) {
        return new PointInfo(
                id,
                "vm-1",
                "web1",
                "lab",
                "safe",
                2,
                BackupKind.INCREMENTAL,
                OTHER_POINT,
                Consistency.CRASH,
                NOON,
                NOON.plusSeconds(5),
                4.2,
                3L << 30,
                5L << 20,
                4L << 20,
                2L << 20,
                List.of(
                        new PointInfo.PointDisk("vda", 2L << 30, "qcow2", "changed", null, 1L << 20),
                        new PointInfo.PointDisk("vdb", 1L << 30, "raw", "full", "raw disks keep no bitmap", 4L << 20)),
                List.of("The TPM's state is not in this point."),
                "5e".repeat(32));
    }

    public static VmInfo vm(String source, String name) {
        return new VmInfo(
                "vm-1",
                source,
                name,
                "running",
                List.of(
                        new VmInfo.DiskInfo("vda", "qcow2", 2L << 30, "/pool/a.qcow2", true, null),
                        new VmInfo.DiskInfo("sda", "raw", 1L << 20, null, false, "read-only")),
                1,
                List.of("Firmware variables are not saved yet."));
    }

    public static SourceInfo source(String name) {
        return new SourceInfo(
                UUID.randomUUID(), name, "qemu:///system", "libvirt", "scratch", 20L << 30, "unix", "ok", null, NOON);
    }

    public static SourceInfo unreachable(String name, String detail) {
        return new SourceInfo(
                UUID.randomUUID(),
                name,
                "qemu+tls://far/system",
                "libvirt",
                null,
                null,
                "tls",
                "unreachable",
                detail,
                NOON);
    }

    public static VaultInfo vault(String name) {
        return new VaultInfo(
                UUID.randomUUID(), name, "s3+http://127.0.0.1:9000/b", null, "ok", null, 3, 5L << 20, NOON);
    }

    public static SnapshotInfo snapshot(String name) {
        return new SnapshotInfo(
                name, "before the update", null, NOON, "running", false, "crash", true, 1L << 20, false);
    }

    public static JsonNode tree(Object value) {
        return read(Json.pretty(value));
    }

    public static JsonNode read(String json) {
        try {
            return JsonMapper.builder().build().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Samples() {}
}
