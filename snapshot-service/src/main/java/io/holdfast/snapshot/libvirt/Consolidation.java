package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;

/**
 * Writes one overlay of a disk down into the layer beneath it while the VM's QEMU runs, and removes it. The layer written to
 * is worth nothing alone until that has ended; whoever starts again starts from what the domain shows.
 */
final class Consolidation {

    private static final int DELETE = 2;
    private static final int ACTIVE = 4;
    private static final int PIVOT = 2;
    private static final Duration SLOW = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final SourceContext context;
    private final Snapshot snapshot;
    private final Snapshots.Watch watch;

    /** What one look shows; no layers: the overlay is not in the chain. */
    private record Seen(
            int at,
            List<DomainXml.Layer> chain,
            Optional<Boolean> ready,
            @Nullable DomainBlockJobInfo job) {}

    Consolidation(SourceContext context, Snapshot snapshot, Snapshots.Watch watch) {
        this.context = context;
        this.snapshot = snapshot;
        this.watch = watch;
    }

    void run(Snapshot.Overlay overlay) {
        boolean started = false;
        int idle = 0;
        while (true) {
            Seen seen = look(overlay);
            if (seen.at() < 0 && seen.job() == null) {
                removeFile(overlay);
                return;
            }
            if (seen.job() == null) {
                // A job that ended between the two questions of one look has changed the chain by the next.
                if (started && idle++ < 5) {
                    pause();
                    continue;
                }
                if (started) {
                    throw new ApiException(
                            ErrorCode.HYPERVISOR_ERROR,
                            "Consolidating disk " + overlay.key() + " ended before it was done.");
                }
                start(overlay, seen);
                started = true;
            } else {
                report(overlay, seen.job());
                if (seen.ready().orElse(false)) {
                    pivot(overlay);
                }
                pause();
            }
        }
    }

    private void report(Snapshot.Overlay overlay, DomainBlockJobInfo job) {
        watch.at(job.cur, job.end);
        if (watch.cancelled()) {
            // What was written down already the overlay still covers.
            context.connection().call("stop a consolidation", SLOW, c -> {
                domain(c).blockJobAbort(overlay.key(), 0);
                return overlay;
            });
            throw new ApiException(ErrorCode.JOB_CANCELLED, "Consolidating was cancelled; the VM is as it was.");
        }
    }

    private Seen look(Snapshot.Overlay overlay) {
        return context.connection().call("look at a consolidation", c -> {
            Domain domain = domain(c);
            Optional<DomainXml.Disk> disk =
                    DomainXml.parse(domain.getXMLDesc(0)).disk(overlay.key());
            if (disk.isEmpty()) {
                return new Seen(-1, List.of(), Optional.empty(), null);
            }
            List<DomainXml.Layer> chain = disk.get().chain();
            int at = -1;
            for (int i = 0; i < chain.size(); i++) {
                at = chain.get(i).path().equals(overlay.path()) ? i : at;
            }
            DomainBlockJobInfo job = domain.getBlockJobInfo(overlay.key(), 0);
            return new Seen(at, chain, disk.get().mirrorReady(), job == null || job.type == 0 ? null : job);
        });
    }

    private void start(Snapshot.Overlay overlay, Seen seen) {
        if (seen.at() + 1 >= seen.chain().size()) {
            throw new ApiException(
                    ErrorCode.HYPERVISOR_ERROR, "Nothing lies beneath the overlay of disk " + overlay.key() + ".");
        }
        String base = seen.chain().get(seen.at() + 1).path();
        boolean active = seen.at() == 0;
        context.connection().call("consolidate a disk", SLOW, c -> {
            Domain domain = domain(c);
            if (Domains.backupJob(domain).isPresent()) {
                throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM runs on the hypervisor.");
            }
            domain.blockCommit(overlay.key(), base, overlay.path(), 0, DELETE | (active ? ACTIVE : 0));
            return overlay;
        });
    }

    private void pivot(Snapshot.Overlay overlay) {
        context.connection().call("end a consolidation", SLOW, c -> {
            domain(c).blockJobAbort(overlay.key(), PIVOT);
            return overlay;
        });
    }

    /** libvirt has removed it already, if it could. */
    private void removeFile(Snapshot.Overlay overlay) {
        context.connection().call("remove an overlay", c -> {
            int slash = overlay.path().lastIndexOf('/');
            Optional<String> pool = Volumes.poolOf(c, overlay.path());
            Optional<StorageVol> volume = pool.isPresent()
                    ? Volumes.find(c, pool.get(), overlay.path().substring(slash + 1))
                    : Optional.empty();
            if (volume.isPresent()) {
                PoolGate.refresh(c.storagePoolLookupByName(pool.orElseThrow()));
                Volumes.delete(c, pool.orElseThrow(), overlay.path().substring(slash + 1));
            }
            return overlay;
        });
    }

    private void pause() {
        try {
            context.pause().pause(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        }
    }

    private Domain domain(Connect c) throws LibvirtException {
        return Domains.byId(c, snapshot.vm())
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM is gone."));
    }
}
