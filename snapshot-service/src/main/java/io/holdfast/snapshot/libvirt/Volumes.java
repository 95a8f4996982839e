package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Volume;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;
import org.libvirt.StorageVol;
import org.libvirt.Stream;
import org.w3c.dom.Element;

/** Volumes in storage pools. All methods run inside a {@link LibvirtConnection} call. */
final class Volumes {

    private static final Logger LOG = Logger.getLogger(Volumes.class);
    private static final int SEND = 128 << 10;

    private Volumes() {}

    /** Name of the pool that holds a file, or whose folder it is in. */
    static Optional<String> poolOf(Connect c, String path) throws LibvirtException {
        Optional<StorageVol> volume = byPath(c, path);
        return volume.isPresent()
                ? Optional.of(volume.get().storagePoolLookupByVolume().getName())
                : poolOfFolder(c, path);
    }

    private static Optional<String> poolOfFolder(Connect c, String path) throws LibvirtException {
        String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        for (String name : folder.isEmpty() ? new String[0] : c.listStoragePools()) {
            StoragePool pool = c.storagePoolLookupByName(name);
            if (folder.equals(folder(pool))) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    static Optional<StorageVol> byPath(Connect c, String path) throws LibvirtException {
        try {
            return Optional.ofNullable(c.storageVolLookupByPath(path));
        } catch (LibvirtException e) {
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_STORAGE_VOL)) {
                // libvirt lists what it saw last; a newer file is found by its folder.
                Optional<String> pool = poolOfFolder(c, path);
                return pool.isPresent()
                        ? find(c, pool.get(), path.substring(path.lastIndexOf('/') + 1))
                        : Optional.empty();
            }
            throw e;
        }
    }

    /** A pool's folder on the hypervisor; empty for pools that are not folders. */
    static String folder(StoragePool pool) throws LibvirtException {
        var root = Xml.parse(pool.getXMLDesc(0));
        boolean folders = switch (root.getAttribute("type")) {
            case "dir", "fs", "netfs" -> true;
            default -> false;
        };
        return folders ? Xml.child(root, "target").map(t -> Xml.text(t, "path")).orElse("") : "";
    }

    /** An active pool of files, {@code pool-not-found} otherwise. */
    static StoragePool pool(Connect c, String name) throws LibvirtException {
        StoragePool pool;
        try {
            pool = c.storagePoolLookupByName(name);
        } catch (LibvirtException e) {
            throw noPool("The source has no storage pool " + name + ".", e);
        }
        if (pool.isActive() != 1) {
            throw noPool("The storage pool " + name + " is not started.", null);
        }
        if (folder(pool).isEmpty()) {
            throw noPool("The storage pool " + name + " does not keep files.", null);
        }
        return pool;
    }

    static ApiException noPool(String why, @Nullable Throwable cause) {
        return new ApiException(ErrorCode.POOL_NOT_FOUND, why, cause);
    }

    /** Free bytes, looked at anew; while volumes are made, as last seen and less what they take. */
    static long available(StoragePool pool) throws LibvirtException {
        long making = PoolGate.tryRefresh(pool) ? 0 : PoolGate.beingMade(pool);
        return pool.getInfo().available - making;
    }

    static Optional<StorageVol> find(Connect c, String poolName, String name) throws LibvirtException {
        try {
            StoragePool pool = c.storagePoolLookupByName(poolName);
            try {
                return Optional.of(pool.storageVolLookupByName(name));
            } catch (LibvirtException e) {
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_STORAGE_VOL)) {
                    throw e;
                }
                // Another process may have made it: libvirt lists what it saw last. Scratch is never made but by
                // libvirt.
                if (!PoolGate.tryRefresh(pool)) {
                    if (name.startsWith(Marks.SCRATCH)) {
                        return Optional.empty();
                    }
                    PoolGate.refresh(pool);
                }
                return Optional.of(pool.storageVolLookupByName(name));
            }
        } catch (LibvirtException e) {
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_STORAGE_VOL)
                    || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_STORAGE_POOL)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Whether a volume is as it was wished for: present, of the size its guest will see, of the format, with nothing beneath.
     * The bytes of a raw volume are the guest's and may look like any format: only its length counts.
     */
    static void verify(Connect c, String disk, Volume wished, String format) throws LibvirtException {
        PoolGate.refresh(c.storagePoolLookupByName(wished.pool()));
        StorageVol volume = find(c, wished.pool(), wished.name())
                .orElseThrow(() -> unsound(disk, "its volume " + wished.name() + " is gone"));
        Element root = Xml.parse(volume.getXMLDesc(0));
        boolean raw = format.equals("raw");
        String size = raw && Xml.child(root, "physical").isPresent() ? "physical" : "capacity";
        if (!Xml.text(root, size).equals(Long.toString(wished.bytes()))) {
            throw unsound(disk, "it has " + Xml.text(root, size) + " bytes and should have " + wished.bytes());
        }
        if (!raw && Xml.child(root, "backingStore").isPresent()) {
            throw unsound(disk, "it lies upon another file");
        }
        String found = Xml.attr(Xml.child(root, "target").flatMap(t -> Xml.child(t, "format")), "type");
        if (!raw && !found.equals(format)) {
            throw unsound(disk, "it is of the format " + found + " and should be " + format);
        }
    }

    /** The bytes that a guest sees of a file; 0 where no pool has it. */
    static long virtualBytes(Connect c, DomainXml.Layer layer) throws LibvirtException {
        Optional<StorageVol> volume = byPath(c, layer.path());
        if (volume.isEmpty()) {
            return 0;
        }
        Element root = Xml.parse(volume.get().getXMLDesc(0));
        boolean raw =
                layer.format().equals("raw") && Xml.child(root, "physical").isPresent();
        return Long.parseLong(Xml.text(root, raw ? "physical" : "capacity"));
    }

    private static ApiException unsound(String disk, String why) {
        return new ApiException(
                ErrorCode.TARGET_FILL_FAILED, "Disk " + disk + " is not what was written: " + why + ".");
    }

    static void delete(Connect c, String poolName, String name) throws LibvirtException {
        Optional<StorageVol> volume = find(c, poolName, name);
        if (volume.isPresent()) {
            volume.get().delete(0);
        }
    }

    /** A raw file of exactly {@code bytes}, all of it allocated if asked for. */
    static StorageVol createRaw(StoragePool pool, String name, long bytes, boolean allocate) throws LibvirtException {
        String xml = Tag.of("volume")
                .add(Tag.of("name", name))
                .add(Tag.of("capacity", Long.toString(bytes)).with("unit", "bytes"))
                .add(Tag.of("allocation", allocate ? Long.toString(bytes) : "0").with("unit", "bytes"))
                .add(Tag.of("target").add(Tag.of("format").with("type", "raw")))
                .xml();
        return PoolGate.making(pool, allocate ? bytes : 0, () -> pool.storageVolCreateXML(xml, 0));
    }

    /** A qcow2 image of exactly {@code virtualBytes} in a file with {@code reserved} bytes allocated. */
    static void createQcow2(Connect c, StoragePool pool, String name, long virtualBytes, long reserved)
            throws LibvirtException {
        byte[] header = Qcow2Header.of(virtualBytes);
        StorageVol volume = createRaw(pool, name, Math.max(reserved, header.length), reserved > 0);
        try {
            PoolGate.making(pool, 0, () -> {
                upload(c, volume, header);
                return volume;
            });
        } catch (LibvirtException e) {
            deleteQuietly(volume);
            throw e;
        }
    }

    private static void upload(Connect c, StorageVol volume, byte[] bytes) throws LibvirtException {
        Stream stream = c.streamNew(0);
        try {
            volume.upload(stream, 0, bytes.length, 0);
            int sent = 0;
            while (sent < bytes.length) {
                byte[] piece = java.util.Arrays.copyOfRange(bytes, sent, Math.min(bytes.length, sent + SEND));
                int n = stream.send(piece);
                if (n <= 0) {
                    stream.abort();
                    throw new ApiException(ErrorCode.HYPERVISOR_ERROR, "The hypervisor did not take a volume's bytes.");
                }
                sent += n;
            }
            stream.finish();
        } finally {
            stream.free();
        }
    }

    private static void deleteQuietly(StorageVol volume) {
        try {
            volume.delete(0);
        } catch (LibvirtException e) {
            LOG.warnf("a volume could not be removed: %s", e.getMessage());
        }
    }
}
