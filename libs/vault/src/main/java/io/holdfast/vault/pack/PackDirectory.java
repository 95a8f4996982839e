package io.holdfast.vault.pack;

import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.format.Zstd3;
import java.util.Arrays;

/** An opened directory of a pack. Immutable. */
final class PackDirectory {

    static final byte[] MAGIC = VaultFormat.ascii("HFPKEND0");

    private final PackSeal seal;
    private final byte[] entries;

    private PackDirectory(PackSeal seal, byte[] entries) {
        this.seal = seal;
        this.entries = entries;
    }

    /** Opens the last bytes of a pack: its sealed directory and the trailer. */
    static PackDirectory open(KeyRing keys, String packId, int packSize, byte[] tail, Access access) {
        int directoryLength = tail.length - VaultFormat.TRAILER;
        byte[] trailer = Arrays.copyOfRange(tail, directoryLength, tail.length);
        ByteReader in = new ByteReader(trailer);
        in.expect(MAGIC, "the end of a pack");
        int version = in.u16();
        in.u16();
        VaultFormat.Features features = new VaultFormat.Features(version, in.u32(), in.u32());
        int frames = in.u32(VaultFormat.MAX_FRAMES);
        int hashes = in.u32(VaultFormat.MAX_PACK);
        if (in.u32() != directoryLength || frames * VaultFormat.DIRECTORY_ENTRY + VaultFormat.TAG != directoryLength) {
            throw new FormatException("a directory of another length");
        }
        PackSeal seal = new PackSeal(keys, packId, in.raw(32));
        byte[] entries = seal.openDirectory(tail, directoryLength, trailer);
        features.require(Keys.pack(packId).value(), access);
        PackDirectory directory = new PackDirectory(seal, entries);
        long end = (long) packSize - tail.length - hashes;
        for (int number = 0; number < frames; number++) {
            check(directory.entry(number), end);
        }
        return directory;
    }

    int weight() {
        return entries.length + 256;
    }

    int frames() {
        return entries.length / VaultFormat.DIRECTORY_ENTRY;
    }

    FrameEntry entry(int number) {
        if (number < 0 || number >= frames()) {
            throw new FormatException("no frame " + number);
        }
        ByteReader in = new ByteReader(entries, number * VaultFormat.DIRECTORY_ENTRY, VaultFormat.DIRECTORY_ENTRY);
        int offset = in.u32();
        int length = in.u32();
        int rawLength = in.u32();
        return new FrameEntry(offset, length, rawLength, in.u16(), in.u8(), in.u8());
    }

    /** The raw bytes of a frame. */
    byte[] open(int number, byte[] sealed) {
        FrameEntry entry = entry(number);
        return Zstd3.decode(entry.codec(), seal.openFrame(number, entry, sealed), entry.rawLength());
    }

    private static void check(FrameEntry entry, long end) {
        boolean placed = entry.offset() >= VaultFormat.PACK_HEAD
                && entry.length() > VaultFormat.TAG
                && entry.length() <= VaultFormat.FRAME_BLOCKS * VaultFormat.BLOCK + VaultFormat.TAG
                && (long) entry.offset() + entry.length() <= end;
        boolean shaped = switch (entry.kind()) {
            case FrameEntry.DATA ->
                entry.count() >= 1
                        && entry.count() <= VaultFormat.FRAME_BLOCKS
                        && entry.rawLength() == entry.count() * VaultFormat.BLOCK;
            case FrameEntry.NODES ->
                entry.count() >= 1
                        && entry.count() <= VaultFormat.MAX_NODES
                        && entry.rawLength() > 0
                        && entry.rawLength() <= VaultFormat.MAX_NODE_FRAME;
            default -> false;
        };
        if (!placed || !shaped) {
            throw new FormatException("a frame outside the format");
        }
    }
}
