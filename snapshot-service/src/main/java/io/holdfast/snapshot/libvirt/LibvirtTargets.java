package io.holdfast.snapshot.libvirt;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.snapshot.app.RestoreTargets;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.Volume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainBlockJobInfo;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.TypedParameter;
import org.libvirt.TypedUlongParameter;

/** Targets filled by QEMU itself: a helper domain's disks are the served points, and blockCopy moves them to the volumes. */
final class LibvirtTargets implements RestoreTargets {

    private static final int REUSE_EXTERNAL = 2;
    private static final int TRANSIENT_JOB = 4;
    /** Managed save, snapshot and checkpoint metadata, NVRAM: whatever would keep the VM from going. */
    private static final int UNDEFINE_ALL = 1 | 2 | 4 | 16;

    /** The binding cannot pass an empty list of parameters. */
    static final TypedParameter[] UNLIMITED = {new TypedUlongParameter("bandwidth", 0)};

    private static final Duration SLOW = Duration.ofSeconds(60);

    private final LibvirtConnection connection;

    LibvirtTargets(SourceContext context) {
        this.connection = context.connection();
    }

    @Override
    public Planned plan(OpenTarget request) {
        return connection.call("plan a restore", c -> TargetPlanner.plan(c, request));
    }

    @Override
    public void makeVolumes(Target target) {
        connection.call("make volumes", SLOW, c -> {
            for (Target.Disk d : target.disks()) {
                Volume v = d.volume();
                if (!d.started()) {
                    Volumes.delete(c, v.pool(), v.name());
                    StoragePool pool = Volumes.pool(c, v.pool());
                    if (d.format().equals("qcow2")) {
                        Volumes.createQcow2(c, pool, v.name(), v.bytes(), 0);
                    } else {
                        Volumes.createRaw(pool, v.name(), v.bytes(), false);
                    }
                }
            }
            return target;
        });
    }

    @Override
    public void startHelper(Target target, Map<String, NbdEndpoint> from) {
        connection.call("start a helper that pulls", SLOW, c -> {
            List<Tag> disks = new ArrayList<>();
            for (int i = 0; i < target.disks().size(); i++) {
                NbdEndpoint endpoint =
                        Objects.requireNonNull(from.get(target.disks().get(i).key()));
                disks.add(network(HelperXml.device(i), endpoint));
            }
            DomainXml definition = DomainXml.parse(target.definition());
            String xml = HelperXml.domain(
                    Marks.helper(target.job()), target.job().toString(), HelperXml.arch(definition.root()), disks);
            return c.domainCreateXML(xml, Domains.START_PAUSED);
        });
    }

    static Tag network(String device, NbdEndpoint endpoint) {
        Tag source = Tag.of("source").with("protocol", "nbd").with("name", endpoint.exportName());
        switch (endpoint) {
            case NbdEndpoint.Unix u ->
                source.add(Tag.of("host").with("transport", "unix").with("socket", u.socket()));
            case NbdEndpoint.Tls t ->
                source.with("tls", "yes")
                        .add(Tag.of("host").with("name", t.host()).with("port", Integer.toString(t.port())));
        }
        // A served point moves to another replica when its pod dies: the pull waits for that.
        source.add(Tag.of("reconnect").with("delay", "60"));
        return Tag.of("disk")
                .with("type", "network")
                .with("device", "disk")
                .add(
                        Tag.of("driver").with("name", "qemu").with("type", "raw"),
                        source,
                        Tag.of("target").with("dev", device).with("bus", "virtio"),
                        Tag.of("readonly"));
    }

    @Override
    public boolean helperRuns(Target target) {
        return connection.call(
                "look for a helper",
                c -> Domains.byName(c, Marks.helper(target.job())).isPresent());
    }

    @Override
    public void startPull(Target target, Target.Disk disk) {
        connection.call("start a pull", SLOW, c -> {
            Domain helper = helper(c, target);
            String device = device(target, disk);
            long served = helper.blockInfo(device).getCapacity();
            if (served != disk.volume().bytes()) {
                throw new ApiException(
                        ErrorCode.TARGET_FILL_FAILED,
                        "Disk " + disk.key() + " is served with " + served + " bytes and should have "
                                + disk.volume().bytes() + ".");
            }
            String xml = Tag.of("disk")
                    .with("type", "file")
                    .add(
                            Tag.of("driver").with("name", "qemu").with("type", disk.format()),
                            Tag.of("source").with("file", disk.volume().path()))
                    .xml();
            helper.blockCopy(device, xml, UNLIMITED, REUSE_EXTERNAL | TRANSIENT_JOB);
            return target;
        });
    }

    private static String device(Target target, Target.Disk disk) {
        for (int i = 0; i < target.disks().size(); i++) {
            if (target.disks().get(i).key().equals(disk.key())) {
                return HelperXml.device(i);
            }
        }
        throw new IllegalArgumentException("not a disk of this target: " + disk.key());
    }

    @Override
    public PullSeen pull(Target target, Target.Disk disk) {
        return connection.call("look at a pull", c -> {
            Optional<Domain> helper = Domains.byName(c, Marks.helper(target.job()));
            if (helper.isEmpty()) {
                return new PullSeen(Pull.NONE, 0);
            }
            String device = device(target, disk);
            Optional<Boolean> ready =
                    DomainXml.parse(helper.get().getXMLDesc(0)).disk(device).flatMap(DomainXml.Disk::mirrorReady);
            if (ready.isEmpty()) {
                return new PullSeen(Pull.NONE, 0);
            }
            DomainBlockJobInfo info = helper.get().getBlockJobInfo(device, 0);
            long done = info == null ? 0 : Math.min(info.cur, disk.volume().bytes());
            return new PullSeen(ready.get() ? Pull.READY : Pull.RUNNING, done);
        });
    }

    @Override
    public void endPull(Target target, Target.Disk disk) {
        connection.call("end a pull", SLOW, c -> {
            helper(c, target).blockJobAbort(device(target, disk), 0);
            return target;
        });
    }

    @Override
    public void stopHelper(Target target) {
        connection.call("stop a helper", SLOW, c -> {
            Optional<Domain> helper = Domains.byName(c, Marks.helper(target.job()));
            if (helper.isPresent()) {
                Domains.destroy(helper.get());
            }
            return target;
        });
    }

    @Override
    public void deleteVolumes(Target target) {
        connection.call("remove volumes", SLOW, c -> {
            for (Target.Disk d : target.disks()) {
                Volumes.delete(c, d.volume().pool(), d.volume().name());
            }
            return target;
        });
    }

    @Override
    public List<String> define(Target target) {
        return connection.call("define the VM", SLOW, c -> {
            String original = DomainXml.parse(target.definition()).uuid();
            boolean connected = original.isEmpty() || Domains.byId(c, original).isEmpty();
            DefinitionRewriter.Rewritten rewritten = DefinitionRewriter.asNewVm(target, connected);
            if (Domains.byId(c, target.newId().toString()).isEmpty()) {
                if (Domains.byName(c, target.vmName()).isPresent()) {
                    throw new ApiException(
                            ErrorCode.VM_NAME_EXISTS, "A VM called " + target.vmName() + " was made meanwhile.");
                }
                c.domainDefineXML(rewritten.xml());
            }
            return rewritten.notes();
        });
    }

    @Override
    public void undefine(Target target) {
        connection.call("take a VM back", SLOW, c -> {
            Optional<Domain> made = Domains.byId(c, target.newId().toString());
            if (made.isPresent()) {
                Domains.destroy(made.get());
                made.get().undefine(UNDEFINE_ALL);
            }
            return target;
        });
    }

    @Override
    public List<String> replacedPaths(Target target) {
        return connection.call("look at the VM's disks", c -> InPlace.replacedPaths(c, target));
    }

    @Override
    public void switchDisks(Target target) {
        connection.call("give the VM its restored disks", SLOW, c -> {
            InPlace.switchDisks(c, target);
            return target;
        });
    }

    @Override
    public boolean switched(Target target) {
        return connection.call("look at the VM's disks", c -> InPlace.switched(c, target));
    }

    @Override
    public List<String> removeReplaced(Target target) {
        return connection.call("remove replaced disks", SLOW, c -> InPlace.removeReplaced(c, target));
    }

    @Override
    public void start(String vm) {
        connection.call("start the VM", SLOW, c -> {
            Domain domain =
                    Domains.byId(c, vm).orElseThrow(() -> new ApiException(ErrorCode.VM_NOT_FOUND, "The VM is gone."));
            return domain.isActive() == 1 ? 0 : domain.create();
        });
    }

    private static Domain helper(Connect c, Target target) throws LibvirtException {
        return Domains.byName(c, Marks.helper(target.job()))
                .orElseThrow(() -> new ApiException(ErrorCode.TARGET_FILL_FAILED, "The pulling helper is gone."));
    }
}
