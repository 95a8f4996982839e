package io.holdfast.vault.pack;

import io.holdfast.vault.crypto.Aead;
import io.holdfast.vault.crypto.AeadKey;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.VaultFormat;
import java.util.HexFormat;

/** The key of one pack, and what its frames are bound to. Each number is sealed once. */
final class PackSeal {

    private static final byte[] FRAME = VaultFormat.ascii("HFFRAME0");
    private static final byte[] HASHES = VaultFormat.ascii("HFHASHL0");
    private static final byte[] DIRECTORY = VaultFormat.ascii("HFDIRECT");
    private static final long HASHES_COUNTER = 1L << 32;
    private static final long DIRECTORY_COUNTER = HASHES_COUNTER + 1;

    private final AeadKey key;
    private final byte[] vaultAndPack;

    PackSeal(KeyRing keys, String packId, byte[] salt) {
        byte[] id = HexFormat.of().parseHex(packId);
        key = new AeadKey(keys.packKey(id, salt));
        vaultAndPack = new ByteWriter(32).raw(keys.vaultId()).raw(id).toByteArray();
    }

    /** Seals a frame into {@code out} at {@code offset}. */
    int frame(int number, FrameEntry entry, byte[] payload, byte[] out, int offset) {
        return key.seal(Aead.nonce(number), frameAad(number, entry), payload, out, offset);
    }

    byte[] openFrame(int number, FrameEntry entry, byte[] sealed) {
        return key.open(Aead.nonce(number), frameAad(number, entry), sealed, 0, sealed.length);
    }

    byte[] hashes(byte[] plain) {
        return key.seal(Aead.nonce(HASHES_COUNTER), aad(HASHES).toByteArray(), plain);
    }

    byte[] openHashes(byte[] sealed) {
        return key.open(Aead.nonce(HASHES_COUNTER), aad(HASHES).toByteArray(), sealed, 0, sealed.length);
    }

    byte[] directory(byte[] plain, byte[] trailer) {
        byte[] aad = aad(DIRECTORY).raw(trailer).toByteArray();
        return key.seal(Aead.nonce(DIRECTORY_COUNTER), aad, plain);
    }

    byte[] openDirectory(byte[] tail, int length, byte[] trailer) {
        byte[] aad = aad(DIRECTORY).raw(trailer).toByteArray();
        return key.open(Aead.nonce(DIRECTORY_COUNTER), aad, tail, 0, length);
    }

    private byte[] frameAad(int number, FrameEntry entry) {
        return aad(FRAME)
                .u32(number)
                .u8(entry.kind())
                .u8(entry.codec())
                .u16(entry.count())
                .u32(entry.rawLength())
                .toByteArray();
    }

    private ByteWriter aad(byte[] label) {
        return new ByteWriter(64).raw(label).raw(vaultAndPack);
    }
}
