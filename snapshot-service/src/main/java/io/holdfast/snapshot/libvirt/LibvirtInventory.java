package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.source.VmInfo;
import io.holdfast.snapshot.app.Inventory;
import io.holdfast.snapshot.domain.Marks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;

/** Lists domains. */
final class LibvirtInventory implements Inventory {

    private final LibvirtConnection connection;
    private final @Nullable String scratchPool;
    private final DiskSizes sizes;

    LibvirtInventory(SourceContext context) {
        this.connection = context.connection();
        this.scratchPool = context.source().scratchPool();
        this.sizes = new DiskSizes(context);
    }

    @Override
    public void ping() {
        connection.call("connect", c -> {
            long version = c.getLibVersion();
            if (scratchPool != null) {
                Volumes.pool(c, scratchPool);
            }
            return version;
        });
    }

    @Override
    public List<VmName> names() {
        return connection.call("list its domains", c -> {
            List<VmName> names = new ArrayList<>();
            for (Domain d : c.listAllDomains(0)) {
                add(d, names);
            }
            names.sort(Comparator.comparing(VmName::name).thenComparing(VmName::id));
            return List.copyOf(names);
        });
    }

    @Override
    public List<VmName> called(String nameOrId) {
        return connection.call("look a domain up", c -> {
            List<VmName> names = new ArrayList<>();
            Optional<Domain> byId = Domains.byId(c, nameOrId);
            if (byId.isPresent()) {
                add(byId.get(), names);
            }
            Optional<Domain> byName = Domains.byName(c, nameOrId);
            if (byName.isPresent()) {
                add(byName.get(), names);
            }
            return names.stream().distinct().toList();
        });
    }

    @Override
    public boolean runs(String id) {
        return connection.call("look a domain up", c -> {
            Optional<Domain> domain = Domains.byId(c, id);
            return domain.isPresent() && domain.get().isActive() == 1;
        });
    }

    private static void add(Domain domain, List<VmName> names) throws LibvirtException {
        if (!domain.getName().startsWith(Marks.PREFIX + "helper.")) {
            names.add(new VmName(domain.getUUIDString(), domain.getName()));
        }
    }

    @Override
    public Optional<VmInfo> vm(String id) {
        return connection.call("describe a domain", c -> {
            Optional<Domain> found = Domains.byId(c, id);
            return found.isEmpty() ? Optional.empty() : Optional.of(describe(c, found.get()));
        });
    }

    private VmInfo describe(Connect c, Domain domain) throws LibvirtException {
        DomainXml xml = DomainXml.parse(domain.getXMLDesc(0));
        List<VmInfo.DiskInfo> disks = new ArrayList<>();
        for (DomainXml.Disk d : xml.disks()) {
            disks.add(describe(c, domain, d));
        }
        return new VmInfo(
                xml.uuid(), "", xml.name(), Domains.state(domain), List.copyOf(disks), 0, DiskRules.notes(xml));
    }

    private VmInfo.DiskInfo describe(Connect c, Domain domain, DomainXml.Disk d) {
        String refusal = DiskRules.refusal(d);
        long bytes = 0;
        // What no backup holds is not opened: a CD image may lie on a share that went away.
        if (refusal == null) {
            try {
                bytes = sizes.shown(c, domain, d);
            } catch (LibvirtException e) {
                refusal = "the hypervisor cannot open it: " + e.getMessage();
            } catch (ApiException e) {
                refusal = e.detail();
            }
        }
        String location = d.path().isEmpty() ? null : d.path();
        return new VmInfo.DiskInfo(d.key(), d.format(), bytes, location, refusal == null, refusal);
    }
}
