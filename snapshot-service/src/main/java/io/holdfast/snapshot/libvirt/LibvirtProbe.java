package io.holdfast.snapshot.libvirt;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.SourceProbe;
import io.holdfast.snapshot.domain.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final String DISK = "vda";
    private static final int REUSE_EXTERNAL = 2;
    private static final int TRANSIENT_JOB = 4;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int LOOKS = 300;
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
                            Tag.of("target").with("dev", DISK).with("bus", "virtio"));
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

    private static String pulled(UUID id) {
        return volume(id) + ".pulled";
    }

    @Override
    public void pull(UUID id, NbdEndpoint served, long bytes) {
        context.connection().call("start a helper VM that pulls", SLOW, c -> {
            stopHelper(c, id);
            StoragePool pool = Volumes.pool(c, poolName(c));
            Volumes.createRaw(pool, pulled(id), bytes, false);
            Tag disk = LibvirtTargets.network(DISK, served);
            Domain helper = c.domainCreateXML(
                    HelperXml.domain(Marks.helper(id), id.toString(), "", List.of(disk)), Domains.START_PAUSED);
            String to = Tag.of("disk")
                    .with("type", "file")
                    .add(
                            Tag.of("driver").with("name", "qemu").with("type", "raw"),
                            Tag.of("source").with("file", Volumes.folder(pool) + "/" + pulled(id)))
                    .xml();
            helper.blockCopy(DISK, to, LibvirtTargets.UNLIMITED, REUSE_EXTERNAL | TRANSIENT_JOB);
            return id;
        });
        for (int i = 0; i < LOOKS; i++) {
            if (arrived(id)) {
                // Before the server closes: QEMU would wait a minute for it to come back.
                context.connection().call("stop a helper VM", SLOW, c -> {
                    stopHelper(c, id);
                    return id;
                });
                return;
            }
            pause();
        }
        throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "The hypervisor does not come to an end with a pull.");
    }

    private boolean arrived(UUID id) {
        return context.connection().call("look at a pull", c -> {
            Domain helper = Domains.byId(c, id.toString())
                    .orElseThrow(() -> new ApiException(ErrorCode.HYPERVISOR_ERROR, "The pulling helper VM is gone."));
            Optional<Boolean> ready =
                    DomainXml.parse(helper.getXMLDesc(0)).disk(DISK).flatMap(DomainXml.Disk::mirrorReady);
            return ready.orElseThrow(
                    () -> new ApiException(ErrorCode.HYPERVISOR_ERROR, "The pull ended before all of it was there."));
        });
    }

    private void pause() {
        try {
            context.pause().pause(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        }
    }

    private static void stopHelper(Connect c, UUID id) throws LibvirtException {
        Optional<Domain> domain = Domains.byId(c, id.toString());
        if (domain.isPresent()) {
            Domains.destroy(domain.get());
        }
    }

    @Override
    public void close(UUID id) {
        context.connection().call("remove a helper VM", SLOW, c -> {
            stopHelper(c, id);
            for (String pool : c.listStoragePools()) {
                for (String name : List.of(volume(id), pulled(id), Marks.scratch(id, DISK))) {
                    Volumes.delete(c, pool, name);
                }
            }
            Scratch.forget(Marks.scratch(id, DISK));
            return id;
        });
        for (String socket : List.of(Marks.socket(id), Marks.checkSocket(id))) {
            remove(context.settings().nbdDirectory().resolve(socket));
        }
    }

    private static void remove(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new ApiException(ErrorCode.INTERNAL, "A check's socket cannot be removed.", e);
        }
    }
}
