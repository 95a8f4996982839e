package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.ViewSeen.Power;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;

/** Disk-only external snapshots. libvirt refuses them on a VM that is off and has checkpoints: the caller starts it paused. */
final class LibvirtSnapshots implements Snapshots {

    private static final int DISK_ONLY = 16;
    private static final int ATOMIC = 128;
    private static final int QUIESCE = 64;
    private static final int METADATA_ONLY = 2;
    private static final Duration SLOW = Duration.ofSeconds(60);

    private final SourceContext context;
    private final LibvirtConnection connection;

    LibvirtSnapshots(SourceContext context) {
        this.context = context;
        this.connection = context.connection();
    }

    @Override
    public Ground plan(String vm, UUID snapshot) {
        return connection.call("plan a snapshot", c -> {
            Domain domain = domain(c, vm);
            refuseSaved(domain);
            List<Snapshot.Overlay> overlays = new ArrayList<>();
            for (DomainXml.Disk d : DomainXml.parse(domain.getXMLDesc(0)).disks()) {
                if (DiskRules.refusal(d) == null) {
                    overlays.add(new Snapshot.Overlay(d.key(), folder(c, d) + "/" + Marks.overlay(snapshot, d.key())));
                }
            }
            if (overlays.isEmpty()) {
                throw new ApiException(ErrorCode.VM_WITHOUT_DISKS, "The VM has no disk that a snapshot can hold.");
            }
            return new Ground(Domains.state(domain), List.copyOf(overlays));
        });
    }

    private static void refuseSaved(Domain domain) throws LibvirtException {
        if (Domains.state(domain).equals("saved")) {
            throw new ApiException(
                    ErrorCode.SNAPSHOT_UNSUPPORTED,
                    "The VM has a saved memory state, which work on a snapshot would destroy; start the VM or drop the"
                            + " state.");
        }
    }

    /** Overlays of files lie beside them; those of block devices in the scratch pool. */
    private String folder(Connect c, DomainXml.Disk disk) throws LibvirtException {
        String path = ViewPlanner.path(c, disk);
        return switch (OverlayPlace.of(disk.type(), volumeType(c, disk))) {
            case BESIDE -> path.substring(0, Math.max(0, path.lastIndexOf('/')));
            case SCRATCH_POOL -> {
                String pool = context.source().scratchPool();
                yield Volumes.folder(Volumes.pool(c, pool == null ? "default" : pool));
            }
            case NONE ->
                throw new ApiException(
                        ErrorCode.SNAPSHOT_UNSUPPORTED,
                        "Disk " + disk.key() + " is neither a file nor a block device; a snapshot cannot hold it.");
        };
    }

    private static String volumeType(Connect c, DomainXml.Disk disk) throws LibvirtException {
        if (!disk.type().equals("volume")) {
            return "";
        }
        var source = Xml.child(disk.element(), "source");
        StorageVol volume =
                c.storagePoolLookupByName(Xml.attr(source, "pool")).storageVolLookupByName(Xml.attr(source, "volume"));
        // Not from the binding's info, which knows two types only.
        return Xml.parse(volume.getXMLDesc(0)).getAttribute("type");
    }

    @Override
    public boolean off(String vm) {
        return connection.call(
                "look at the VM", c -> !Domains.power(domain(c, vm)).readable());
    }

    @Override
    public int wake(String vm) {
        return connection.call("start the VM paused", SLOW, c -> {
            Domain domain = domain(c, vm);
            refuseSaved(domain);
            if (domain.isActive() == 1) {
                throw new ApiException(ErrorCode.VM_BUSY, "The VM was started meanwhile; try again.");
            }
            domain.create(Domains.START_PAUSED);
            return domain(c, vm).getID();
        });
    }

    @Override
    public void stop(String vm, @Nullable Integer run) {
        connection.call("stop the VM again", SLOW, c -> {
            Optional<Domain> domain = Domains.byId(c, vm);
            if (domain.isPresent() && Domains.power(domain.get()) == Power.PAUSED && isRun(domain.get(), run)) {
                Domains.destroy(domain.get());
            }
            return vm;
        });
    }

    private static boolean isRun(Domain domain, @Nullable Integer run) throws LibvirtException {
        return Domains.neverRan(domain) && (run == null || domain.getID() == run);
    }

    @Override
    public String create(Snapshot snapshot, boolean quiesce) {
        if (Boolean.TRUE.equals(inUse(snapshot))) {
            return snapshot.consistency();
        }
        if (quiesce) {
            try {
                create(snapshot, DISK_ONLY | ATOMIC | QUIESCE);
                return "filesystem";
            } catch (ApiException e) {
                if (e.code() != ErrorCode.HYPERVISOR_ERROR) {
                    throw e;
                }
            }
        }
        create(snapshot, DISK_ONLY | ATOMIC);
        return "crash";
    }

    private void create(Snapshot snapshot, int flags) {
        connection.call("create a snapshot", SLOW, c -> {
            Domain domain = domain(c, snapshot.vm());
            refuseJob(domain);
            Set<String> ours =
                    snapshot.overlays().stream().map(Snapshot.Overlay::key).collect(Collectors.toSet());
            List<Tag> disks = new ArrayList<>();
            snapshot.overlays()
                    .forEach(o -> disks.add(Tag.of("disk")
                            .with("name", o.key())
                            .with("snapshot", "external")
                            .with("type", "file")
                            .add(
                                    Tag.of("driver").with("type", "qcow2"),
                                    Tag.of("source").with("file", o.path()))));
            DomainXml.parse(domain.getXMLDesc(0)).disks().stream()
                    .filter(d -> !ours.contains(d.key()))
                    .forEach(d -> disks.add(Tag.of("disk").with("name", d.key()).with("snapshot", "no")));
            String xml = Tag.of("domainsnapshot")
                    .add(
                            Tag.of("name", Marks.snapshot(snapshot.id())),
                            Tag.of("description", snapshot.name()),
                            Tag.of("disks").add(disks))
                    .xml();
            return domain.snapshotCreateXML(xml, flags);
        });
    }

    private static void refuseJob(Domain domain) throws LibvirtException {
        if (Domains.backupJob(domain).isPresent()) {
            throw new ApiException(ErrorCode.VM_BUSY, "A backup of this VM runs on the hypervisor.");
        }
    }

    @Override
    public void refuseHarm(Snapshot snapshot) {
        connection.call("look who lies upon the VM's disks", SLOW, c -> {
            Domain domain = domain(c, snapshot.vm());
            SharedBase.refuse(c, domain, snapshot.overlays());
            CutDisk.refuse(c, domain, snapshot.overlays());
            return snapshot;
        });
    }

    @Override
    public void consolidate(Snapshot snapshot, Snapshot.Overlay overlay, Watch watch, Runnable begins) {
        new Consolidation(context, snapshot.vm(), overlay).run(watch, begins);
    }

    @Override
    public void abandon(Snapshot snapshot) {
        snapshot.overlays().forEach(o -> new Consolidation(context, snapshot.vm(), o).abandon());
    }

    @Override
    public void forget(Snapshot snapshot) {
        connection.call("drop a snapshot's metadata", c -> {
            try {
                domain(c, snapshot.vm())
                        .snapshotLookupByName(Marks.snapshot(snapshot.id()))
                        .delete(METADATA_ONLY);
            } catch (LibvirtException e) {
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN_SNAPSHOT)) {
                    throw e;
                }
            }
            return snapshot;
        });
    }

    @Override
    public @Nullable Boolean inUse(Snapshot snapshot) {
        Optional<Boolean> seen = connection.call("look at a snapshot", c -> {
            Optional<Domain> domain = Domains.byId(c, snapshot.vm());
            if (domain.isEmpty()) {
                return Optional.empty();
            }
            Set<String> files =
                    snapshot.overlays().stream().map(Snapshot.Overlay::path).collect(Collectors.toSet());
            if (DomainXml.parse(domain.get().getXMLDesc(0)).disks().stream()
                    .flatMap(d -> d.chain().stream())
                    .anyMatch(l -> files.contains(l.path()))) {
                return Optional.of(true);
            }
            return Optional.of(
                    java.util.Arrays.asList(domain.get().snapshotListNames()).contains(Marks.snapshot(snapshot.id())));
        });
        return seen.orElse(null);
    }

    @Override
    public Map<String, Long> overlayBytes(String vm) {
        return connection.call("measure snapshots", c -> {
            Map<String, Long> bytes = new HashMap<>();
            Optional<Domain> domain = Domains.byId(c, vm);
            if (domain.isEmpty()) {
                return bytes;
            }
            for (DomainXml.Disk d : DomainXml.parse(domain.get().getXMLDesc(0)).disks()) {
                for (DomainXml.Layer layer : d.chain()) {
                    Optional<StorageVol> volume = Volumes.byPath(c, layer.path());
                    if (volume.isPresent()) {
                        bytes.put(layer.path(), volume.get().getInfo().allocation);
                    }
                }
            }
            return bytes;
        });
    }

    private static Domain domain(Connect c, String vm) throws LibvirtException {
        return Domains.byId(c, vm)
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The source has no VM " + vm + "."));
    }
}
