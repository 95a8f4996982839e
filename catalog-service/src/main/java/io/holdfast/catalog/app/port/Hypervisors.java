package io.holdfast.catalog.app.port;

import io.holdfast.api.Page;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What snapshot-service, the only gate to the hypervisors, is asked and told. Every call has a deadline and fails with an
 * {@code ApiException}; {@code unavailable} or {@code deadline-exceeded} when no answer came.
 */
public interface Hypervisors {

    List<SourceInfo> sources();

    SourceInfo source(String name);

    SourceInfo addSource(SourceSpec spec);

    /** {@code forget}: also with snapshots, which stay on the hypervisor. */
    SourceRemoved removeSource(String name, boolean forget);

    /** VMs in order of (source, name); {@code vm} filters by exact name or id. */
    Page<VmInfo> vms(@Nullable String source, @Nullable String vm, @Nullable String after, int limit);

    VmInfo vm(String source, String id);

    List<SnapshotInfo> snapshots(String source, String vm);

    /** Delivers what became of a job or a vault; idempotent. */
    void tell(OutboxStore.Message message);
}
