package io.holdfast.snapshot.libvirt;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.FrozenViews;
import io.holdfast.snapshot.app.Leftovers;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.ViewSeen;
import io.holdfast.snapshot.domain.ViewSeen.Job;
import io.holdfast.snapshot.domain.ViewSeen.Power;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Views by libvirt's pull-mode backup: QEMU serves the disks of one moment over NBD. */
final class LibvirtViews implements FrozenViews {

    private static final Logger LOG = Logger.getLogger(LibvirtViews.class);
    private static final int REUSE_EXTERNAL = 1;
    private static final int METADATA_ONLY = 2;
    private static final Duration BEGIN = Duration.ofSeconds(45);
    private static final Duration START = Duration.ofSeconds(60);
    /** Reserving is writing on file systems without fallocate. */
    private static final Duration RESERVE = Duration.ofMinutes(10);

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int LOOKS = 400;

    private final SourceContext context;
    private final LibvirtConnection connection;

    LibvirtViews(SourceContext context) {
        this.context = context;
        this.connection = context.connection();
    }

    @Override
    public Planned plan(String vm, UUID moment, UUID vault, UUID point, int port) {
        ViewPlanner planner = new ViewPlanner(context);
        var wish = new ViewPlanner.Wish(vm, moment, vault, point, port);
        return connection.call("plan a view", c -> planner.plan(c, wish));
    }

    @Override
    public ViewSeen observe(View view) {
        return connection.call("look at a view", c -> {
            ViewPlan plan = view.plan();
            Optional<Domain> domain = Domains.byId(c, plan.subject());
            Power power = domain.isPresent() ? power(c, domain.get(), plan) : Power.GONE;
            int run = power.readable() ? domain.orElseThrow().getID() : 0;
            boolean fresh = power == Power.PAUSED
                    && plan.mode() == ViewPlan.Mode.WAKE
                    && Domains.neverRan(domain.orElseThrow());
            Job job = Job.NONE;
            if (power.readable()) {
                Optional<String> running = Domains.backupJob(domain.orElseThrow());
                job = running.map(x -> BackupXml.isOurs(x, plan) ? Job.OURS : Job.FOREIGN)
                        .orElse(Job.NONE);
            }
            boolean opening = view.phase().live() && view.takenAt() == null;
            boolean ready = opening && Scratch.complete(c, plan);
            boolean left = ready || Scratch.count(c, plan) > 0;
            boolean socket = !plan.socket().isEmpty() && Files.exists(Path.of(plan.socket()));
            return new ViewSeen(power, run, fresh, job, ready, left, socket);
        });
    }

    private static Power power(OpenConnection c, Domain domain, ViewPlan plan) throws LibvirtException {
        Power power = Domains.power(domain);
        return power == Power.PAUSED && c.pausedByIoError(plan.subject()) ? Power.STALLED : power;
    }

    @Override
    public void reserveScratch(ViewPlan plan) {
        connection.call("reserve scratch", RESERVE, c -> {
            Scratch.reserve(c, plan);
            return plan;
        });
    }

    @Override
    public int wake(View view) {
        return connection.call("start the VM paused", START, c -> {
            Domain domain = domain(c, view);
            if (domain.hasManagedSaveImage() == 1) {
                // Starting would consume the save.
                throw new ApiException(ErrorCode.VM_BUSY, "The VM was saved while its view was being opened.");
            }
            domain.create(Domains.START_PAUSED);
            return domain.getID();
        });
    }

    @Override
    public void startHelper(View view) {
        connection.call("start a helper for the read", START, c -> {
            DomainXml vm = DomainXml.parse(Domains.byId(c, view.vm())
                    .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM is gone."))
                    .getXMLDesc(0));
            List<Tag> disks = new ArrayList<>();
            for (ViewPlan.Disk d : view.plan().disks()) {
                boolean block =
                        vm.disk(d.key()).map(x -> x.type().equals("block")).orElse(false);
                disks.add(HelperXml.file(d.key(), d.path(), d.format(), block));
            }
            String xml = HelperXml.domain(
                    Marks.helper(view.moment()), view.plan().subject(), HelperXml.arch(vm.root()), disks);
            return c.domainCreateXML(xml, Domains.START_PAUSED);
        });
    }

    @Override
    public ViewPlan chooseBases(View view, List<Base> bases) {
        return connection.call("look at checkpoints", c -> BaseChooser.choose(c, domain(c, view), view, bases));
    }

    @Override
    public Instant begin(View view) {
        removeSocket(view.plan());
        connection.call("freeze the disks", BEGIN, c -> {
            Domain domain = domain(c, view);
            if (Domains.backupJob(domain).isPresent()) {
                // A second begin would wait for half a minute.
                throw new ApiException(ErrorCode.VM_BUSY, "Another backup of this VM runs on the hypervisor.");
            }
            DomainXml live = DomainXml.parse(domain.getXMLDesc(0));
            ViewPlan plan = view.plan();
            boolean bitmaps = plan.disks().stream().anyMatch(ViewPlan.Disk::bitmap);
            String name = plan.checkpoint();
            String checkpoint =
                    name != null && bitmaps ? BackupXml.checkpoint(name, plan, live, DisksThen.bottoms(c, live)) : null;
            begin(domain, BackupXml.backup(plan, live), checkpoint);
            return plan;
        });
        return context.clock().instant();
    }

    private static void begin(Domain domain, String backup, @Nullable String checkpoint) throws LibvirtException {
        try {
            domain.backupBegin(backup, checkpoint, REUSE_EXTERNAL);
        } catch (LibvirtException e) {
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_CHECKPOINT_INCONSISTENT)) {
                throw new ApiException(
                        ErrorCode.VM_BUSY, "A bitmap was lost while the view was being opened; try again.", e);
            }
            throw e;
        }
    }

    @Override
    public @Nullable Instant begun(View view) {
        String name = view.plan().checkpoint();
        if (name == null) {
            return null;
        }
        Optional<Instant> at = connection.call("look at a checkpoint", c -> {
            try {
                Optional<DomainCheckpoint> found = Domains.checkpoint(domain(c, view), name);
                if (found.isEmpty()) {
                    return Optional.empty();
                }
                String xml = found.get().getXMLDesc(METADATA_ONLY);
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(Xml.text(Xml.parse(xml), "creationTime"))));
            } catch (LibvirtException e) {
                return Optional.empty();
            }
        });
        return at.orElse(null);
    }

    @Override
    public void abortJob(View view) {
        connection.call("end a backup job", BEGIN, c -> {
            Optional<Domain> domain = Domains.byId(c, view.plan().subject());
            if (domain.isPresent() && ours(domain.get(), view)) {
                domain.get().abortJob();
            }
            return view;
        });
        awaitEnd(c -> {
            Optional<Domain> domain = Domains.byId(c, view.plan().subject());
            return domain.isPresent() && ours(domain.get(), view);
        });
    }

    /** The job ends a moment after the call; until then its scratch is in use. */
    private void awaitEnd(LibvirtConnection.Call<Boolean> there) {
        for (int i = 0; i < LOOKS; i++) {
            if (!connection.call("look at a backup job", there)) {
                return;
            }
            sleep();
        }
        throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "The hypervisor does not end the backup job.");
    }

    @Override
    public boolean endStray(View view, Supplier<Leftovers.Owned> owned) {
        String subject = view.plan().subject();
        Optional<SeenBackup> seen = connection.call("look at a backup job", c -> running(c, subject));
        if (seen.isEmpty()
                || !seen.get().madeWith(context.settings().nbdDirectory())
                || !seen.get().stray(owned.get())) {
            return false;
        }
        connection.call("end a backup job", BEGIN, c -> {
            if (running(c, subject).equals(seen)) {
                domain(c, view).abortJob();
            }
            return seen;
        });
        awaitEnd(c -> running(c, subject).equals(seen));
        resume(view);
        connection.call("remove scratch", c -> {
            Scratch.deleteMarked(c, seen.get().scratch());
            return seen;
        });
        removeSocket(seen.get().socket());
        return true;
    }

    private static Optional<SeenBackup> running(Connect c, String subject) throws LibvirtException {
        Optional<Domain> domain = Domains.byId(c, subject);
        Optional<String> job = domain.isPresent() ? Domains.backupJob(domain.get()) : Optional.empty();
        return job.map(SeenBackup::of);
    }

    private void sleep() {
        try {
            context.pause().pause(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        }
    }

    private static boolean ours(Domain domain, View view) throws LibvirtException {
        return Domains.backupJob(domain)
                .map(x -> BackupXml.isOurs(x, view.plan()))
                .orElse(false);
    }

    @Override
    public void stopDomain(View view) {
        connection.call("stop a domain that was started for the read", START, c -> {
            Optional<Domain> domain = Domains.byId(c, view.plan().subject());
            if (domain.isPresent()
                    && Domains.power(domain.get()) == Power.PAUSED
                    && ourRun(domain.get(), view)
                    && Domains.backupJob(domain.get()).isEmpty()) {
                Domains.destroy(domain.get());
            }
            return view;
        });
    }

    private static boolean ourRun(Domain domain, View view) throws LibvirtException {
        if (view.plan().mode() == ViewPlan.Mode.HELPER) {
            return true;
        }
        return Domains.neverRan(domain) && (view.startedId() == View.STARTING || domain.getID() == view.startedId());
    }

    @Override
    public void deleteScratch(ViewPlan plan) {
        connection.call("remove scratch", c -> {
            Scratch.delete(c, plan);
            return plan;
        });
    }

    @Override
    public void removeSocket(ViewPlan plan) {
        removeSocket(plan.socket());
    }

    private static void removeSocket(String socket) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            Files.deleteIfExists(Path.of(socket));
        } catch (IOException e) {
            throw new ApiException(ErrorCode.INTERNAL, "An old socket cannot be removed.", e);
        }
    }

    @Override
    public NbdEndpoint endpoint(ViewPlan plan, ViewPlan.Disk disk) {
        return plan.port() > 0
                ? new NbdEndpoint.Tls(host(), plan.port(), disk.export())
                : new NbdEndpoint.Unix(plan.socket(), disk.export());
    }

    private String host() {
        String host = java.net.URI.create(context.source().uri()).getHost();
        return host == null ? context.settings().tlsHost() : host;
    }

    @Override
    public String changedContext(ViewPlan.Disk disk) {
        return "qemu:dirty-bitmap:" + BackupXml.exportedBitmap(disk);
    }

    @Override
    public boolean dropCheckpoint(String vm, String name) {
        return connection.call("drop a checkpoint", BEGIN, c -> {
            Optional<Domain> domain = Domains.byId(c, vm);
            return domain.isEmpty() || dropped(domain.get(), name);
        });
    }

    private static boolean dropped(Domain domain, String name) throws LibvirtException {
        Optional<DomainCheckpoint> found = Domains.checkpoint(domain, name);
        if (found.isEmpty()) {
            return true;
        }
        DomainCheckpoint checkpoint = found.get();
        if (domain.isActive() != 1 || Domains.backupJob(domain).isPresent()) {
            return false;
        }
        try {
            checkpoint.delete(0);
        } catch (LibvirtException e) {
            if (!bitmapLost(checkpoint)) {
                // Busy, late, whatever: the bitmap is there and has to go. Asked again later.
                LOG.warnf("checkpoint %s stays for now: %s", name, e.getMessage());
                return false;
            }
            // A bitmap that is missing or broken cannot be removed; what is left is libvirt's record of it.
            checkpoint.delete(METADATA_ONLY);
        }
        return true;
    }

    private static boolean bitmapLost(DomainCheckpoint checkpoint) {
        try {
            return !BaseChooser.allSound(checkpoint);
        } catch (LibvirtException e) {
            // Not even a look is possible now, which says nothing about the bitmaps.
            return false;
        }
    }

    @Override
    public boolean scratchOverflowed(View view) {
        // First what is urgent: a guest that stands still is found without asking a storage pool.
        return connection.call("look at a view", c -> {
            Optional<Domain> domain = Domains.byId(c, view.plan().subject());
            if (domain.isEmpty() || !ours(domain.get(), view)) {
                return false;
            }
            return c.pausedByIoError(view.plan().subject())
                    || Scratch.allocated(c, view.plan()) > Scratch.reserved(view.plan()) + Scratch.SLACK;
        });
    }

    @Override
    public void resume(View view) {
        connection.call("let the guest go on", c -> {
            Optional<Domain> domain = Domains.byId(c, view.plan().subject());
            if (domain.isPresent() && c.pausedByIoError(view.plan().subject())) {
                domain.get().resume();
            }
            return view;
        });
    }

    private static Domain domain(Connect c, View view) throws LibvirtException {
        return Domains.byId(c, view.plan().subject())
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM is gone."));
    }
}
