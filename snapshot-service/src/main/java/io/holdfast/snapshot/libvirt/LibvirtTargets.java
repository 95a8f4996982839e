package io.holdfast.snapshot.libvirt;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.app.RestoreTargets;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.TargetSeen;
import io.holdfast.snapshot.domain.TargetSeen.Pull;
import io.holdfast.snapshot.domain.TargetSeen.Pulled;
import io.holdfast.snapshot.domain.Volume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
                if (!d.filled()) {
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
            // A host whose configuration says nbd_tls = 1 wants TLS of unix sockets too, unless told otherwise.
            case NbdEndpoint.Unix u ->
                source.with("tls", "no")
                        .add(Tag.of("host").with("transport", "unix").with("socket", u.socket()));
            case NbdEndpoint.Tls t ->
                source.with("tls", "yes")
                        .add(Tag.of("host").with("name", t.host()).with("port", Integer.toString(t.port())));
        }
        // A later libvirt waits this long for another replica; libvirt 9 drops the wish, the pull breaks and begins
        // anew.
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
    public TargetSeen observe(Target target) {
        boolean filling = target.state() == State.FILLING && !target.aborting();
        return connection.call("look at a restore", c -> filling ? pulls(c, target) : rest(c, target));
    }

    private static TargetSeen pulls(Connect c, Target target) throws LibvirtException {
        Optional<Domain> helper = Domains.byName(c, Marks.helper(target.job()));
        if (helper.isEmpty()) {
            return TargetSeen.NOTHING;
        }
        DomainXml xml = DomainXml.parse(helper.get().getXMLDesc(0));
        Map<String, Pulled> pulls = new HashMap<>();
        for (Target.Disk d : target.disks()) {
            if (d.started() && !d.filled()) {
                pulls.put(d.key(), pulled(helper.get(), xml, device(target, d), d));
            }
        }
        return new TargetSeen(true, false, pulls, true, TargetSeen.Vm.ABSENT);
    }

    /** A pull may be ended only when it says so twice: nothing is left to copy, and every byte is counted. */
    private static Pulled pulled(Domain helper, DomainXml xml, String device, Target.Disk disk)
            throws LibvirtException {
        Optional<Boolean> ready = xml.disk(device).flatMap(DomainXml.Disk::mirrorReady);
        if (ready.isEmpty()) {
            return new Pulled(Pull.NONE, 0);
        }
        DomainBlockJobInfo info = helper.getBlockJobInfo(device, 0);
        if (info == null) {
            return new Pulled(Pull.RUNNING, disk.doneBytes());
        }
        boolean all = ready.get() && info.cur == info.end;
        return new Pulled(
                all ? Pull.READY : Pull.RUNNING,
                Math.min(info.cur, disk.volume().bytes()));
    }

    private static TargetSeen rest(Connect c, Target target) throws LibvirtException {
        boolean helper = Domains.byName(c, Marks.helper(target.job())).isPresent();
        boolean left = target.aborting() && volumesLeft(c, target);
        return new TargetSeen(helper, false, Map.of(), left, vm(c, target));
    }

    private static boolean volumesLeft(Connect c, Target target) throws LibvirtException {
        for (Target.Disk d : target.disks()) {
            if (Volumes.find(c, d.volume().pool(), d.volume().name()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static TargetSeen.Vm vm(Connect c, Target target) throws LibvirtException {
        if (!target.finishing()) {
            return TargetSeen.Vm.ABSENT;
        }
        if (target.inPlace() != null) {
            return InPlace.observe(c, target);
        }
        Optional<Domain> made = Domains.byId(c, target.newId().toString());
        boolean running = made.isPresent() && made.get().isActive() == 1;
        return made.isEmpty() ? TargetSeen.Vm.ABSENT : new TargetSeen.Vm(true, true, running, false, false, false);
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
    public void endPull(Target target, Target.Disk disk) {
        connection.call("end a pull", SLOW, c -> {
            helper(c, target).blockJobAbort(device(target, disk), 0);
            return target;
        });
    }

    @Override
    public void refuseWithoutRoom(Target target) {
        connection.call("look at the room of pools", c -> {
            PoolRoom.refuseFull(c, target);
            return target;
        });
    }

    @Override
    public void verify(Target target) {
        connection.call("look at the filled volumes", SLOW, c -> {
            for (Target.Disk d : target.disks()) {
                Volumes.verify(c, d.key(), d.volume(), d.format());
            }
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
    public boolean hasOriginal(String definition) {
        String id = DomainXml.parse(definition).uuid();
        return connection.call(
                "look for the original VM",
                c -> !id.isEmpty() && Domains.byId(c, id).isPresent());
    }

    @Override
    public List<String> define(Target target, boolean connected) {
        return connection.call("define the VM", SLOW, c -> {
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
    public Replaced replaced(Target target) {
        return connection.call("look at the VM's disks", SLOW, c -> InPlace.replaced(c, target));
    }

    @Override
    public void stopVm(Target target) {
        inPlace("stop the VM", target, InPlace::stop);
    }

    @Override
    public void switchDisks(Target target) {
        inPlace("give the VM its restored disks", target, InPlace::switchDisks);
    }

    @Override
    public void dropSavedState(Target target) {
        inPlace("remove the VM's saved state", target, InPlace::dropSavedState);
    }

    @Override
    public void forgetMarks(Target target) {
        inPlace("forget the VM's checkpoints and snapshots", target, InPlace::forgetMarks);
    }

    /** A step of a restore in place. */
    private interface Step {
        void on(Connect c, Target target) throws LibvirtException;
    }

    private void inPlace(String what, Target target, Step step) {
        connection.call(what, SLOW, c -> {
            step.on(c, target);
            return target;
        });
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
