package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.app.FrozenViews.Base;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.ViewPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.LibvirtException;
import org.libvirt.StorageVol;
import org.w3c.dom.Element;

/**
 * Chooses what each disk's changes are counted from. A bitmap is sound exactly when libvirt can tell its size: for a missing
 * or inconsistent one, anywhere in the disk's chain, the size is left out.
 */
final class BaseChooser {

    /** VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN. */
    private static final int NO_DOMAIN = 2;
    /** VIR_DOMAIN_CHECKPOINT_XML_SIZE. */
    private static final int SIZES = 4;

    static final String NO_BASE = "no checkpoint of an earlier point is there to count from";
    static final String RAW = "raw disks cannot keep a bitmap";
    static final String OLD_QCOW2 = "the disk's qcow2 version 2 cannot keep a bitmap";
    static final String LOST = "its bitmap was lost, as when the VM's process ends without closing the disk";
    static final String ADDED = "the disk was added or restored after the base point";
    static final String EXCHANGED = "it is another file than at the base point";
    static final String SAVED = "the VM has a saved memory state, its bitmaps are not used";

    /**
     * What a checkpoint says of its disks.
     *
     * @param bitmaps key to whether the bitmap is sound; disks without bitmap are left out
     * @param then the VM's disks at its moment
     */
    private record Sound(Base base, Map<String, Boolean> bitmaps, DisksThen then) {}

    private BaseChooser() {}

    static ViewPlan choose(Connect c, Domain domain, View view, List<Base> bases) throws LibvirtException {
        DomainXml live = DomainXml.parse(domain.getXMLDesc(0));
        boolean asked = !view.bases().isEmpty();
        boolean helper = view.plan().mode() == ViewPlan.Mode.HELPER;
        @Nullable Sound chosen = asked && !helper ? newestUsable(domain, bases) : null;
        List<ViewPlan.Disk> disks = new ArrayList<>();
        for (ViewPlan.Disk d : view.plan().disks()) {
            String unable = helper ? SAVED : unable(c, live, d);
            disks.add(decide(c, d, unable, chosen, live));
        }
        return view.plan().choose(List.copyOf(disks));
    }

    private static ViewPlan.Disk decide(
            Connect c, ViewPlan.Disk d, @Nullable String unable, @Nullable Sound chosen, DomainXml live)
            throws LibvirtException {
        ViewPlan.Disk disk = new ViewPlan.Disk(
                d.key(),
                d.virtualBytes(),
                d.format(),
                d.path(),
                unable == null,
                d.export(),
                d.scratch(),
                null,
                null,
                null);
        if (unable != null) {
            return disk.withBase(null, null, unable);
        }
        if (chosen == null) {
            return disk.withBase(null, null, NO_BASE);
        }
        Boolean sound = chosen.bitmaps().get(d.key());
        if (sound == null) {
            return disk.withBase(null, null, ADDED);
        }
        if (chosen.then().isAnother(c, d.key(), live)) {
            return disk.withBase(null, null, EXCHANGED);
        }
        return sound
                ? disk.withBase(chosen.base().point(), chosen.base().checkpoint(), null)
                : disk.withBase(null, null, LOST);
    }

    private static @Nullable String unable(Connect c, DomainXml live, ViewPlan.Disk disk) throws LibvirtException {
        Optional<DomainXml.Disk> found = live.disk(disk.key());
        if (found.isEmpty() || !found.get().allQcow2()) {
            return RAW;
        }
        for (DomainXml.Layer layer : found.get().chain()) {
            Optional<StorageVol> volume = Volumes.byPath(c, layer.path());
            if (volume.isPresent() && version2(volume.get())) {
                return OLD_QCOW2;
            }
        }
        return null;
    }

    private static boolean version2(StorageVol volume) throws LibvirtException {
        Optional<Element> target = Xml.child(Xml.parse(volume.getXMLDesc(0)), "target");
        return target.isPresent() && Xml.text(target.get(), "compat").equals("0.10");
    }

    /** The newest base with at least one sound bitmap; else the newest that is there at all, for its reasons. */
    private static @Nullable Sound newestUsable(Domain domain, List<Base> bases) throws LibvirtException {
        Sound broken = null;
        for (Base base : bases) {
            Optional<Sound> sound = look(domain, base);
            if (sound.isPresent() && sound.get().bitmaps().containsValue(true)) {
                return sound.get();
            }
            if (broken == null) {
                broken = sound.orElse(null);
            }
        }
        return broken;
    }

    /** Whether every bitmap of a checkpoint is there and usable. */
    static boolean allSound(DomainCheckpoint checkpoint) throws LibvirtException {
        return !bitmaps(Xml.parse(checkpoint.getXMLDesc(SIZES | NO_DOMAIN))).containsValue(false);
    }

    private static Map<String, Boolean> bitmaps(Element root) {
        Map<String, Boolean> bitmaps = new HashMap<>();
        Xml.child(root, "disks")
                .ifPresent(disks -> Xml.children(disks, "disk").stream()
                        .filter(d -> d.getAttribute("checkpoint").equals("bitmap"))
                        .forEach(d -> bitmaps.put(d.getAttribute("name"), d.hasAttribute("size"))));
        return bitmaps;
    }

    private static Optional<Sound> look(Domain domain, Base base) throws LibvirtException {
        Optional<DomainCheckpoint> found = Domains.checkpoint(domain, base.checkpoint());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Element root = Xml.parse(found.get().getXMLDesc(SIZES));
        return Optional.of(new Sound(base, bitmaps(root), DisksThen.of(root)));
    }
}
