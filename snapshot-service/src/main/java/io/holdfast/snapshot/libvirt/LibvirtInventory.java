package io.holdfast.snapshot.libvirt;

import io.holdfast.api.source.VmInfo;
import io.holdfast.snapshot.app.Inventory;
import io.holdfast.snapshot.domain.Marks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** Lists domains. */
final class LibvirtInventory implements Inventory {

    private final LibvirtConnection connection;

    LibvirtInventory(LibvirtConnection connection) {
        this.connection = connection;
    }

    @Override
    public void ping() {
        connection.call("connect", c -> c.getLibVersion());
    }

    @Override
    public List<VmName> names() {
        return connection.call("list its domains", c -> {
            List<VmName> names = new ArrayList<>();
            for (Domain d : c.listAllDomains(0)) {
                if (!d.getName().startsWith(Marks.PREFIX + "helper.")) {
                    names.add(new VmName(d.getUUIDString(), d.getName()));
                }
            }
            names.sort(Comparator.comparing(VmName::name).thenComparing(VmName::id));
            return List.copyOf(names);
        });
    }

    @Override
    public Optional<VmInfo> vm(String id) {
        return connection.call("describe a domain", c -> {
            Optional<Domain> found = Domains.byId(c, id);
            return found.isEmpty() ? Optional.empty() : Optional.of(describe(found.get()));
        });
    }

    private static VmInfo describe(Domain domain) throws LibvirtException {
        DomainXml xml = DomainXml.parse(domain.getXMLDesc(0));
        List<VmInfo.DiskInfo> disks = new ArrayList<>();
        for (DomainXml.Disk d : xml.disks()) {
            disks.add(describe(domain, d));
        }
        return new VmInfo(
                xml.uuid(), "", xml.name(), Domains.state(domain), List.copyOf(disks), 0, DiskRules.notes(xml));
    }

    private static VmInfo.DiskInfo describe(Domain domain, DomainXml.Disk d) {
        String refusal = DiskRules.refusal(d);
        long bytes = 0;
        if (!d.path().isEmpty() || d.type().equals("volume")) {
            try {
                bytes = domain.blockInfo(d.key()).getCapacity();
            } catch (LibvirtException e) {
                refusal = refusal == null ? "the hypervisor cannot open it: " + e.getMessage() : refusal;
            }
        }
        String location = d.path().isEmpty() ? null : d.path();
        return new VmInfo.DiskInfo(d.key(), d.format(), bytes, location, refusal == null, refusal);
    }
}
