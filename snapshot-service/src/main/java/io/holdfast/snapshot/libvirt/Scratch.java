package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.Volume;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;

/** Scratch of a view: where QEMU puts old blocks before the guest overwrites them. All of it is reserved up front. */
final class Scratch {

    /** What file systems may count beside the bytes that were asked for. */
    static final long SLACK = 1 << 20;

    /** Names of volumes that this process gave their whole header. */
    private static final Set<String> WITH_HEADER = ConcurrentHashMap.newKeySet();

    private Scratch() {}

    /** Bytes that were reserved, and more than which nothing may be used. */
    static long reserved(ViewPlan plan) {
        return plan.disks().stream().mapToLong(d -> d.scratch().bytes()).sum();
    }

    static void reserve(Connect c, ViewPlan plan) throws LibvirtException {
        delete(c, plan);
        Map<String, Long> needed = new LinkedHashMap<>();
        plan.disks().forEach(d -> needed.merge(d.scratch().pool(), d.scratch().bytes(), Long::sum));
        for (Map.Entry<String, Long> pool : needed.entrySet()) {
            long available = Volumes.available(Volumes.pool(c, pool.getKey()));
            if (available < pool.getValue()) {
                throw noSpace(pool.getKey(), pool.getValue(), pool.getValue() - available, null);
            }
        }
        for (ViewPlan.Disk disk : plan.disks()) {
            create(c, plan, disk);
        }
    }

    private static void create(Connect c, ViewPlan plan, ViewPlan.Disk disk) throws LibvirtException {
        Volume v = disk.scratch();
        StoragePool pool = Volumes.pool(c, v.pool());
        try {
            Volumes.createQcow2(c, pool, v.name(), disk.virtualBytes(), v.bytes());
            WITH_HEADER.add(v.name());
        } catch (LibvirtException e) {
            delete(c, plan);
            if (String.valueOf(e.getMessage()).contains("No space left")) {
                long missing = Math.max(1, v.bytes() - Volumes.available(pool));
                throw noSpace(v.pool(), v.bytes(), missing, e);
            }
            throw e;
        }
    }

    private static ApiException noSpace(
            String pool, long needed, long missing, @org.jspecify.annotations.Nullable Throwable cause) {
        return new ApiException(
                ErrorCode.SCRATCH_NO_SPACE,
                "The storage pool " + pool + " lacks " + missing + " bytes: the view needs " + needed
                        + " bytes of scratch there.",
                cause);
    }

    static void delete(Connect c, ViewPlan plan) throws LibvirtException {
        for (ViewPlan.Disk d : plan.disks()) {
            forget(d.scratch().name());
            Volumes.delete(c, d.scratch().pool(), d.scratch().name());
        }
    }

    /** The volume goes: nothing is known of its name any more. */
    static void forget(String volume) {
        WITH_HEADER.remove(volume);
    }

    /** Removes what is named as scratch of ours; what else a job may have used is not ours to remove. */
    static void deleteMarked(Connect c, List<String> paths) throws LibvirtException {
        for (String path : paths) {
            Optional<StorageVol> volume =
                    SeenBackup.fileName(path).startsWith(Marks.SCRATCH) ? Volumes.byPath(c, path) : Optional.empty();
            if (volume.isPresent()) {
                forget(SeenBackup.fileName(path));
                volume.get().delete(0);
            }
        }
    }

    /** How many of the volumes are there. */
    static int count(Connect c, ViewPlan plan) throws LibvirtException {
        int there = 0;
        for (ViewPlan.Disk d : plan.disks()) {
            if (Volumes.find(c, d.scratch().pool(), d.scratch().name()).isPresent()) {
                there++;
            }
        }
        return there;
    }

    /** Whether all are there with their header. */
    static boolean complete(Connect c, ViewPlan plan) throws LibvirtException {
        for (ViewPlan.Disk d : plan.disks()) {
            Optional<StorageVol> v =
                    Volumes.find(c, d.scratch().pool(), d.scratch().name());
            if (v.isEmpty()) {
                return false;
            }
            // What another process began may be half a header, which looks whole from outside: it is made anew.
            if (!WITH_HEADER.contains(d.scratch().name())) {
                return false;
            }
        }
        return true;
    }

    /** Bytes on the pool that the scratch takes now. */
    static long allocated(Connect c, ViewPlan plan) throws LibvirtException {
        long sum = 0;
        for (ViewPlan.Disk d : plan.disks()) {
            Optional<StorageVol> v =
                    Volumes.find(c, d.scratch().pool(), d.scratch().name());
            sum += v.isPresent() ? v.get().getInfo().allocation : 0;
        }
        return sum;
    }
}
