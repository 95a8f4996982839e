package io.holdfast.vault;

import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.ChainRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A restore point as its manifest tells.
 *
 * @param id the point's id
 * @param link where it hangs in the VM's chain
 * @param kind how it was read; full when every disk was read in full
 * @param base the point it was read against
 * @param sourceId which hypervisor connection {@code source} named then, as far as it is known
 * @param definition the machine's definition
 * @param notes what was degraded or cannot be held, for people
 */
public record PointManifest(
        UUID id,
        String vm,
        String vmName,
        String source,
        Optional<UUID> sourceId,
        String job,
        String moment,
        ChainLink link,
        BackupKind kind,
        Optional<UUID> base,
        Consistency consistency,
        String vmState,
        Instant takenAt,
        Instant committedAt,
        List<Disk> disks,
        Sizes sizes,
        String definition,
        List<String> notes)
        implements ChainRecord {

    public PointManifest {
        disks = List.copyOf(disks);
        notes = List.copyOf(notes);
    }

    /** How a disk was read. The order is the code in a manifest. */
    public enum ReadMode {
        /** Everything allocated. */
        FULL,
        /** What changed since the base. */
        CHANGED
    }

    /**
     * One disk of the point.
     *
     * @param size bytes
     * @param mode how it was read
     * @param base the point it was compared with
     * @param fullReason why it was read in full although an incremental was asked for
     * @param readBytes bytes read from the source
     * @param newBytes bytes of blocks that the vault did not have, before compression
     * @param root location of the block map's root; 0 = a disk of zeros
     * @param packs the packs that the map points into
     */
    public record Disk(
            String key,
            long size,
            String format,
            ReadMode mode,
            Optional<UUID> base,
            Optional<String> fullReason,
            long readBytes,
            long newBytes,
            long root,
            List<PackUse> packs) {
        public Disk {
            packs = List.copyOf(packs);
        }
    }

    /**
     * A pack that a disk's map points into.
     *
     * @param number what the map calls it
     * @param id 32 hexadecimal digits
     * @param size bytes of the object
     * @param directoryLength bytes of its sealed directory
     * @param blocks entries of leaves that point into it
     * @param nodes nodes of the map that are in it
     */
    public record PackUse(long number, String id, int size, int directoryLength, long blocks, long nodes) {}

    /**
     * Sizes in bytes.
     *
     * @param virtual of all disks
     * @param read from the source
     * @param fresh of blocks that the vault did not have, before compression
     * @param stored written to the store, metadata and this manifest included
     */
    public record Sizes(long virtual, long read, long fresh, long stored) {}

    /** Its number in the VM's chain, from 1. */
    public long sequence() {
        return link.sequence();
    }

    /** SHA-256 of the stored object. */
    public String hash() {
        return link.hash();
    }

    /** The record before it in the chain; empty for the first. */
    public Optional<ChainHead> previous() {
        return link.previous();
    }

    /** Keys between {@link #previous} and this one that held foreign objects, or such as could not be read. */
    public List<ChainHead> skipped() {
        return link.skipped();
    }

    /** This manifest as the head of its chain. */
    public ChainHead head() {
        return link.head();
    }

    /** The disk with this key. */
    public Optional<Disk> disk(String key) {
        return disks.stream().filter(disk -> disk.key().equals(key)).findFirst();
    }

    /** The ids of all packs that the point needs, each once. */
    public Stream<String> packs() {
        return disks.stream()
                .flatMap(disk -> disk.packs().stream())
                .map(PackUse::id)
                .distinct();
    }
}
