package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.app.SourceProbe;
import io.holdfast.snapshot.domain.Marks;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/** A helper domain with an empty disk. */
final class LibvirtProbe implements SourceProbe {

    private static final long BYTES = 1 << 20;
    private static final Duration SLOW = Duration.ofSeconds(60);

    private final SourceContext context;

    LibvirtProbe(SourceContext context) {
        this.context = context;
    }

    @Override
    public String open(UUID id) {
        return context.connection().call("start a helper VM", SLOW, c -> {
            StoragePool pool = Volumes.pool(c, poolName(c));
            Volumes.createQcow2(c, pool, volume(id), BYTES, 0);
            String path = Volumes.folder(pool) + "/" + volume(id);
            Tag disk = Tag.of("disk")
                    .with("type", "file")
                    .with("device", "disk")
                    .add(
                            Tag.of("driver").with("name", "qemu").with("type", "qcow2"),
                            Tag.of("source").with("file", path),
                            Tag.of("target").with("dev", "vda").with("bus", "virtio"));
            String xml = HelperXml.domain(Marks.helper(id), id.toString(), "", List.of(disk));
            c.domainCreateXML(xml, Domains.START_PAUSED);
            return id.toString();
        });
    }

    private String poolName(Connect c) throws LibvirtException {
        String wanted = context.source().scratchPool();
        if (wanted != null) {
            return wanted;
        }
        for (String name : c.listStoragePools()) {
            if (name.equals("default")) {
                return name;
            }
        }
        return Arrays.stream(c.listStoragePools())
                .sorted()
                .findFirst()
                .orElseThrow(() -> Volumes.noPool("The source has no storage pool.", null));
    }

    private static String volume(UUID id) {
        return Marks.PREFIX + "probe." + id;
    }

    @Override
    public void close(UUID id) {
        context.connection().call("remove a helper VM", SLOW, c -> {
            Optional<Domain> domain = Domains.byId(c, id.toString());
            if (domain.isPresent()) {
                Domains.destroy(domain.get());
            }
            for (String pool : c.listStoragePools()) {
                Volumes.delete(c, pool, volume(id));
            }
            return id;
        });
    }
}
