package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.app.Undisturbed;
import io.holdfast.snapshot.domain.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * Writes one overlay of a disk down into the layer beneath it while the VM's QEMU runs, and removes it. The layer written to
 * is worth nothing alone until that has ended; whoever starts again starts from what the domain shows. The overlay is found by
 * its path: a disk's name may have changed since.
 */
final class Consolidation {

    private static final int DELETE = 2;
    private static final int ACTIVE = 4;
    private static final int PIVOT = 2;
    private static final int COMMIT_JOB = 3;
    private static final int ACTIVE_COMMIT_JOB = 4;
    private static final Duration SLOW = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int IDLE_LOOKS = 5;
    /** libvirt takes a layer out of the running VM's chain first, and a moment later out of what it will start with. */
    private static final int DEFINITION_LOOKS = 25;

    private final SourceContext context;
    private final String vm;
    private final Snapshot.Overlay overlay;

    /** What one look shows of the disk that goes through the overlay; {@code at} is the overlay's place in the chain. */
    private record Seen(
            DomainXml.Disk disk, int at, @Nullable DomainBlockJobInfo job) {

        List<DomainXml.Layer> chain() {
            return disk.chain();
        }

        /** The layer that the overlay is written down into. */
        Optional<String> base() {
            return at + 1 < chain().size() ? Optional.of(chain().get(at + 1).path()) : Optional.empty();
        }

        boolean ready() {
            return disk.mirrorReady().orElse(false);
        }

        /** A job of another kind, or one that writes somewhere else, is somebody else's. */
        boolean foreignJob() {
            if (job == null) {
                return false;
            }
            return switch (job.type) {
                case COMMIT_JOB -> false;
                case ACTIVE_COMMIT_JOB -> at != 0 || !base().equals(disk.mirror());
                default -> true;
            };
        }
    }

    /**
     * Only a running VM shows its chains; from one that is off nothing follows about what is not seen.
     *
     * @param stillDefined whether the VM would start with the overlay
     */
    private record Look(boolean running, @Nullable Seen seen, boolean stillDefined) {}

    Consolidation(SourceContext context, String vm, Snapshot.Overlay overlay) {
        this.context = context;
        this.vm = vm;
        this.overlay = overlay;
    }

    /** @param begins run before a block job is started */
    void run(Snapshots.Watch watch, Runnable begins) {
        try {
            work(watch, begins);
        } catch (RuntimeException e) {
            abandonAfter(e);
            throw e;
        }
    }

    private void work(Snapshots.Watch watch, Runnable begins) {
        boolean started = false;
        boolean worked = false;
        int idle = 0;
        int gone = 0;
        while (true) {
            Look look = look();
            if (!look.running()) {
                throw new ApiException(
                        ErrorCode.VM_BUSY, "The VM was switched off while its snapshot was being deleted; try again.");
            }
            Seen seen = look.seen();
            if (seen == null && worked && look.stillDefined() && gone++ < DEFINITION_LOOKS) {
                pause();
                continue;
            }
            if (seen == null) {
                new OverlayFile(context, vm, overlay).remove(worked);
                return;
            }
            if (seen.foreignJob()) {
                throw new ApiException(
                        ErrorCode.VM_BUSY,
                        "Another block job runs on disk " + seen.disk().key() + "; try again later.");
            }
            if (seen.job() != null) {
                worked = true;
                report(watch, seen.job());
                if (seen.ready()) {
                    pivot(seen.disk().key());
                }
                pause();
            } else if (!started) {
                refuseCancelled(watch);
                start(seen, begins);
                started = true;
                worked = true;
            } else if (idle++ < IDLE_LOOKS) {
                // A job that ended between the two questions of one look has changed the chain by the next.
                pause();
            } else {
                throw new ApiException(
                        ErrorCode.HYPERVISOR_ERROR,
                        "Consolidating disk " + seen.disk().key() + " ended before it was done.");
            }
        }
    }

    private static void report(Snapshots.Watch watch, DomainBlockJobInfo job) {
        watch.at(job.cur, job.end);
        refuseCancelled(watch);
    }

    private static void refuseCancelled(Snapshots.Watch watch) {
        if (watch.cancelled()) {
            throw new ApiException(
                    ErrorCode.JOB_CANCELLED, "Consolidating was cancelled; the VM's contents are as they were.");
        }
    }

    private void abandonAfter(RuntimeException failure) {
        try {
            Undisturbed.run(this::abandon);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Ends the job if there is one; what was written down already the overlay still covers. */
    void abandon() {
        Seen seen = look().seen();
        if (seen == null || seen.job() == null || seen.foreignJob()) {
            return;
        }
        String key = seen.disk().key();
        context.connection().call("stop a consolidation", SLOW, c -> {
            try {
                domain(c).blockJobAbort(key, 0);
            } catch (LibvirtException e) {
                // It ended by itself meanwhile.
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_OPERATION_INVALID)
                        && !LibvirtErrors.is(e, ErrorNumber.VIR_ERR_INVALID_ARG)) {
                    throw e;
                }
            }
            return vm;
        });
    }

    private Look look() {
        return context.connection().call("look at a consolidation", c -> {
            Domain domain = domain(c);
            DomainXml xml = DomainXml.parse(domain.getXMLDesc(0));
            boolean running = xml.root().hasAttribute("id");
            for (DomainXml.Disk shown : xml.disks()) {
                DomainXml.Disk disk = Chains.resolved(c, shown);
                for (int at = 0; at < disk.chain().size(); at++) {
                    if (disk.chain().get(at).path().equals(overlay.path())) {
                        return new Look(running, new Seen(disk, at, job(domain, disk.key())), true);
                    }
                }
            }
            return new Look(running, null, new OverlayFile(context, vm, overlay).isDefined(domain));
        });
    }

    private static @Nullable DomainBlockJobInfo job(Domain domain, String key) throws LibvirtException {
        DomainBlockJobInfo job = domain.isActive() == 1 ? domain.getBlockJobInfo(key, 0) : null;
        return job == null || job.type == 0 ? null : job;
    }

    private void start(Seen seen, Runnable begins) {
        String key = seen.disk().key();
        String base = seen.base()
                .filter(path -> !path.isEmpty())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.HYPERVISOR_ERROR, "What lies beneath the overlay of disk " + key + " is not known."));
        context.connection().call("look who lies upon a disk", SLOW, c -> {
            Domain domain = domain(c);
            if (Domains.backupJob(domain).isPresent()) {
                throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM runs on the hypervisor.");
            }
            SharedBase.refuse(c, domain, List.of(overlay));
            CutDisk.refuse(c, domain, List.of(overlay));
            return vm;
        });
        // Given up half-way, the job could start after the clean-up looked.
        Undisturbed.run(() -> {
            begins.run();
            context.connection().call("consolidate a disk", SLOW, c -> {
                domain(c).blockCommit(key, base, overlay.path(), 0, DELETE | (seen.at() == 0 ? ACTIVE : 0));
                return vm;
            });
        });
    }

    private void pivot(String key) {
        Undisturbed.run(() -> context.connection().call("end a consolidation", SLOW, c -> {
            domain(c).blockJobAbort(key, PIVOT);
            return vm;
        }));
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
        return Domains.byId(c, vm).orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM is gone."));
    }
}
