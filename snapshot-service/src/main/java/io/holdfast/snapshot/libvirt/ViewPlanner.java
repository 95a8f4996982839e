package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.FrozenViews;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.ViewPlan.Mode;
import io.holdfast.snapshot.domain.Volume;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/** Decides how a view will be opened. Touches nothing. */
final class ViewPlanner {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 24;
    private static final long MIN_SCRATCH = 1 << 20;
    /** The kernel's limit for a unix socket's path. */
    private static final int MAX_SOCKET = 107;

    private final SourceContext context;
    private final DiskSizes diskSizes;

    /** A view to plan. */
    record Wish(String vm, UUID moment, UUID vault, UUID point, int port) {}

    ViewPlanner(SourceContext context) {
        this.context = context;
        this.diskSizes = new DiskSizes(context);
    }

    FrozenViews.Planned plan(Connect c, Wish wish) throws LibvirtException {
        Domain domain = Domains.byId(c, wish.vm())
                .orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The source has no VM " + wish.vm() + "."));
        DomainXml xml = DomainXml.parse(domain.getXMLDesc(0));
        String state = Domains.state(domain);
        Mode mode = switch (state) {
            case "saved" -> Mode.HELPER;
            case "running", "paused" -> Mode.AS_IS;
            default -> Domains.power(domain).readable() ? Mode.AS_IS : Mode.WAKE;
        };
        List<String> notes = new ArrayList<>(DiskRules.notes(xml));
        if (context.source().scratchLimitBytes() != null) {
            notes.addAll(DiskRules.scratchNotes(xml));
        }
        if (mode == Mode.HELPER) {
            notes.add(
                    "The VM has a saved memory state, which is not in the backup: its disks are as after a power cut.");
        }
        List<ViewPlan.Disk> disks = disks(c, domain, xml, wish);
        String checkpoint = mode == Mode.HELPER ? null : Marks.checkpoint(wish.vault(), wish.point(), wish.moment());
        String subject = mode == Mode.HELPER ? wish.moment().toString() : xml.uuid();
        ViewPlan plan = new ViewPlan(
                mode, subject, checkpoint, wish.port() > 0 ? "" : socket(wish.moment()), wish.port(), disks, false);
        DefinitionRewriter.Rewritten definition = domain.isPersistent() == 1
                ? DefinitionRewriter.withLiveDisks(domain.getXMLDesc(Domains.INACTIVE_XML), xml)
                : new DefinitionRewriter.Rewritten(domain.getXMLDesc(0), List.of());
        notes.addAll(definition.notes());
        String kept = KeptDefinition.of(definition.xml(), notes);
        return new FrozenViews.Planned(plan, xml.name(), state, kept, List.copyOf(notes));
    }

    private List<ViewPlan.Disk> disks(Connect c, Domain domain, DomainXml xml, Wish wish) throws LibvirtException {
        List<DomainXml.Disk> kept =
                xml.disks().stream().filter(d -> DiskRules.refusal(d) == null).toList();
        if (kept.isEmpty()) {
            throw new ApiException(
                    ErrorCode.VM_WITHOUT_DISKS, "The VM " + xml.name() + " has no disk that a backup can hold.");
        }
        List<Long> sizes = new ArrayList<>();
        for (DomainXml.Disk d : kept) {
            long size = diskSizes.of(c, domain, d);
            DiskRules.refuseSize(d.key(), size);
            sizes.add(size);
        }
        long total = sizes.stream().mapToLong(Long::longValue).sum();
        List<ViewPlan.Disk> disks = new ArrayList<>();
        for (int i = 0; i < kept.size(); i++) {
            DomainXml.Disk d = kept.get(i);
            long size = sizes.get(i);
            String name = Marks.scratch(wish.moment(), d.key());
            StoragePool pool = Volumes.pool(c, scratchPool(c, path(c, d)));
            Volume scratch =
                    new Volume(pool.getName(), name, Volumes.folder(pool) + "/" + name, scratchBytes(d, size, total));
            disks.add(new ViewPlan.Disk(
                    d.key(), size, d.format(), path(c, d), false, secret(), scratch, null, null, null));
        }
        return List.copyOf(disks);
    }

    /** A volume disk's path on the hypervisor is its volume's. */
    static String path(Connect c, DomainXml.Disk disk) throws LibvirtException {
        if (!disk.path().isEmpty()) {
            return disk.path();
        }
        var source = Xml.child(disk.element(), "source");
        String pool = Xml.attr(source, "pool");
        String volume = Xml.attr(source, "volume");
        return pool.isEmpty() || volume.isEmpty()
                ? ""
                : c.storagePoolLookupByName(pool).storageVolLookupByName(volume).getPath();
    }

    private long scratchBytes(DomainXml.Disk disk, long size, long total) {
        Long limit = context.source().scratchLimitBytes();
        long full = Qcow2Header.fullBytes(size);
        if (limit == null || !DiskRules.stopsForSpace(disk)) {
            return full;
        }
        long share = (long) (limit * ((double) size / Math.max(1, total)));
        return Math.min(full, Math.max(share, MIN_SCRATCH));
    }

    private String scratchPool(Connect c, String path) throws LibvirtException {
        String wanted = context.source().scratchPool();
        if (wanted != null) {
            return wanted;
        }
        Optional<String> own = Volumes.poolOf(c, path);
        if (own.isPresent()
                && !Volumes.folder(c.storagePoolLookupByName(own.get())).isEmpty()) {
            return own.get();
        }
        if (java.util.Arrays.asList(c.listStoragePools()).contains("default")) {
            return "default";
        }
        throw Volumes.noPool(
                "No storage pool holds the folder of " + path
                        + ", and there is none called default: make one of them on the"
                        + " hypervisor, or add the source anew with another for scratch (--scratch-pool).",
                null);
    }

    private String socket(UUID moment) {
        String path =
                context.settings().nbdDirectory().resolve(Marks.socket(moment)).toString();
        if (path.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > MAX_SOCKET) {
            throw new ApiException(
                    ErrorCode.INTERNAL, "holdfast.nbd.directory is too long: a socket's path has at most 107 bytes.");
        }
        return path;
    }

    private static String secret() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
