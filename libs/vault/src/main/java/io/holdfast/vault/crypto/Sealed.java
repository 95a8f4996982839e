package io.holdfast.vault.crypto;

import io.holdfast.storage.ObjectKey;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.format.Zstd3;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/** Small objects that are sealed whole: records of chains, sessions and what they write, generations. */
public enum Sealed {
    POINT("HFPOINT0"),
    SESSION("HFSESSN0"),
    JOURNAL("HFJOURN0"),
    BEAT("HFBEAT00"),
    GENERATION("HFGENER0");

    private static final int HEAD = 64;
    private static final byte[] NONCE = new byte[12];

    private final String magic;

    Sealed(String magic) {
        this.magic = magic;
    }

    /** The object that holds {@code body} under {@code key}. */
    public byte[] seal(KeyRing keys, SecureRandom random, ObjectKey key, byte[] body) {
        byte[] salt = new byte[32];
        random.nextBytes(salt);
        byte[] packed = Zstd3.compress(body);
        int codec = packed.length < body.length ? VaultFormat.CODEC_ZSTD : VaultFormat.CODEC_STORED;
        byte[] head = new ByteWriter(HEAD)
                .raw(VaultFormat.ascii(magic))
                .u16(VaultFormat.VERSION)
                .u16(0)
                .u32(0)
                .u32(0)
                .u32(body.length)
                .u8(codec)
                .raw(new byte[7])
                .raw(salt)
                .toByteArray();
        byte[] sealed = Aead.seal(keys.objectKey(VaultFormat.ascii(magic), salt), NONCE, aad(head, keys, key), packed);
        return KeyRing.join(head, sealed);
    }

    /**
     * The body of the object under {@code key}; throws FormatException, or VaultException UNSUPPORTED for what
     * authenticates and has another version or needs an unknown feature.
     */
    public byte[] open(KeyRing keys, ObjectKey key, byte[] object, Access access) {
        ByteReader in = new ByteReader(object);
        in.expect(VaultFormat.ascii(magic), "a " + name().toLowerCase(Locale.ROOT));
        int version = in.u16();
        in.u16();
        VaultFormat.Features features = new VaultFormat.Features(version, in.u32(), in.u32());
        int rawLength = in.u32();
        int codec = in.u8();
        in.skip(7);
        byte[] salt = in.raw(32);
        byte[] head = Arrays.copyOf(object, HEAD);
        // Authenticate before version and flags are believed: a flipped bit is damage, not a new feature, and what a
        // stranger wrote is foreign whatever version it claims. Newer objects are announced by the header's own flags.
        byte[] packed = Aead.open(
                keys.objectKey(VaultFormat.ascii(magic), salt),
                NONCE,
                aad(head, keys, key),
                object,
                HEAD,
                object.length - HEAD);
        features.require(key.value(), access);
        if (rawLength < 0 || rawLength > VaultFormat.MAX_SEALED) {
            throw new FormatException("longer than allowed");
        }
        return Zstd3.decode(codec, packed, rawLength);
    }

    private static byte[] aad(byte[] head, KeyRing keys, ObjectKey key) {
        return KeyRing.join(head, keys.vaultId(), key.value().getBytes(StandardCharsets.UTF_8));
    }
}
