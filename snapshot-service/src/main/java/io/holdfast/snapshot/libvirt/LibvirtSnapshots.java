package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Snapshot;
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

/** Disk-only external snapshots. libvirt refuses them on a VM that is off and has checkpoints: it is started paused. */
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
            String state = Domains.state(domain);
            if (state.equals("saved")) {
                throw new ApiException(
                        ErrorCode.SNAPSHOT_UNSUPPORTED, "The VM has a saved memory state; start it or drop the state.");
            }
            List<Snapshot.Overlay> overlays = new ArrayList<>();
            for (DomainXml.Disk d : DomainXml.parse(domain.getXMLDesc(0)).disks()) {
                if (DiskRules.refusal(d) == null) {
                    overlays.add(new Snapshot.Overlay(d.key(), folder(c, d) + "/" + Marks.overlay(snapshot, d.key())));
                }
            }
            if (overlays.isEmpty()) {
                throw new ApiException(ErrorCode.VM_WITHOUT_DISKS, "The VM has no disk that a snapshot can hold.");
            }
            return new Ground(state, !Domains.power(domain).readable(), List.copyOf(overlays));
        });
    }

    /** Overlays of files lie beside them; those of block devices in the scratch pool. */
    private String folder(Connect c, DomainXml.Disk disk) throws LibvirtException {
        String path = ViewPlanner.path(c, disk);
        if (!disk.type().equals("block")) {
            return path.substring(0, Math.max(0, path.lastIndexOf('/')));
        }
        String pool = context.source().scratchPool();
        return Volumes.folder(Volumes.pool(c, pool == null ? "default" : pool));
    }

    @Override
    public String create(Snapshot snapshot, boolean quiesce) {
        if (Boolean.TRUE.equals(inUse(snapshot))) {
            return snapshot.consistency();
        }
        return awake(snapshot.vm(), snapshot.wake(), () -> {
            if (quiesce && !snapshot.wake()) {
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
        });
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
    public void consolidate(Snapshot snapshot, Watch watch) {
        if (inUse(snapshot) == null) {
            return;
        }
        boolean off = connection.call(
                "look at the VM", c -> !Domains.power(domain(c, snapshot.vm())).readable());
        awake(snapshot.vm(), off, () -> {
            Consolidation work = new Consolidation(context, snapshot, watch);
            snapshot.overlays().forEach(work::run);
            return "";
        });
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

    /** Runs with the VM's QEMU there; a VM that is off is started paused and destroyed after. */
    private String awake(String vm, boolean wake, java.util.function.Supplier<String> work) {
        if (wake) {
            connection.call("start the VM paused", SLOW, c -> {
                Domain domain = domain(c, vm);
                return domain.isActive() == 1 ? 0 : domain.create(Domains.START_PAUSED);
            });
        }
        try {
            return work.get();
        } finally {
            if (wake) {
                connection.call("stop the VM again", SLOW, c -> {
                    Domain domain = domain(c, vm);
                    if (Domains.power(domain) == io.holdfast.snapshot.domain.ViewSeen.Power.PAUSED) {
                        Domains.destroy(domain);
                    }
                    return vm;
                });
            }
        }
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
