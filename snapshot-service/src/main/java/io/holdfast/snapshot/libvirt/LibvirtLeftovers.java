package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.app.Leftovers;
import io.holdfast.snapshot.domain.Marks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;

/** Looks for our mark on domains, checkpoints, snapshots, backup jobs, volumes and sockets. */
final class LibvirtLeftovers implements Leftovers {

    private final SourceContext context;

    LibvirtLeftovers(SourceContext context) {
        this.context = context;
    }

    @Override
    public List<String> find(Owned owned) {
        List<String> lines = new ArrayList<>();
        context.connection().call("look for leftovers", java.time.Duration.ofSeconds(60), c -> {
            Domains.each(c, d -> domain(d, owned, lines));
            volumes(c, owned, lines);
            return lines;
        });
        sockets(owned, lines);
        return List.copyOf(lines);
    }

    private static boolean stray(String name, Owned owned) {
        return name.startsWith(Marks.PREFIX) && !owned.names().contains(name);
    }

    private static void domain(Domain d, Owned owned, List<String> lines) throws LibvirtException {
        String name = d.getName();
        if (name.startsWith(Marks.PREFIX + "helper.") && stray(name, owned)) {
            lines.add("helper domain " + name);
        }
        for (String checkpoint : d.checkpointListNames()) {
            if (stray(checkpoint, owned)) {
                lines.add("checkpoint " + checkpoint + " of " + name);
            }
        }
        for (String snapshot : d.snapshotListNames()) {
            if (stray(snapshot, owned)) {
                lines.add("snapshot " + snapshot + " of " + name);
            }
        }
        Optional<String> job = Domains.backupJob(d);
        if (job.isPresent() && SeenBackup.of(job.get()).stray(owned)) {
            lines.add("backup job of " + name);
        }
        blockJobs(d, owned, lines);
    }

    /** Jobs of a helper go with the helper; others are ours if they work on an overlay of ours. */
    private static void blockJobs(Domain d, Owned owned, List<String> lines) throws LibvirtException {
        if (d.isActive() != 1 || d.getName().startsWith(Marks.PREFIX)) {
            return;
        }
        for (DomainXml.Disk disk : DomainXml.parse(d.getXMLDesc(0)).disks()) {
            boolean ours = disk.chain().stream()
                    .map(DomainXml.Layer::path)
                    .filter(path -> SeenBackup.fileName(path).startsWith(Marks.PREFIX + "snapshot."))
                    .anyMatch(path -> !owned.writing().contains(path));
            if (ours && works(d, disk)) {
                lines.add("block job on disk " + disk.key() + " of " + d.getName());
            }
        }
    }

    private static boolean works(Domain d, DomainXml.Disk disk) throws LibvirtException {
        DomainBlockJobInfo job = d.getBlockJobInfo(disk.key(), 0);
        return job != null && job.type != 0;
    }

    /** A volume that a VM uses, however it came to that, is never called left over. */
    private static void volumes(Connect c, Owned owned, List<String> lines) throws LibvirtException {
        Map<String, String> stray = new LinkedHashMap<>();
        for (String poolName : c.listStoragePools()) {
            StoragePool pool = c.storagePoolLookupByName(poolName);
            PoolGate.refresh(pool);
            for (String volume : pool.listVolumes()) {
                if (stray(volume, owned)) {
                    Optional<StorageVol> found = Volumes.find(c, poolName, volume);
                    if (found.isPresent()) {
                        stray.put(found.get().getPath(), "volume " + volume + " in pool " + poolName);
                    }
                }
            }
        }
        if (!stray.isEmpty()) {
            stray.keySet().removeAll(Chains.used(c));
            lines.addAll(stray.values());
        }
    }

    private void sockets(Owned owned, List<String> lines) {
        Path folder = context.settings().nbdDirectory();
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, Marks.PREFIX + "*.sock")) {
            for (Path file : files) {
                if (!owned.sockets().contains(file.toString())) {
                    lines.add("socket " + file.getFileName());
                }
            }
        } catch (IOException e) {
            lines.add("sockets could not be listed: " + e.getMessage());
        }
    }
}
