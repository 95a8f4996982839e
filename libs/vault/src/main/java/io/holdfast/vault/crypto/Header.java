package io.holdfast.vault.crypto;

import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/** The header of a vault. */
public final class Header {

    public static final int SIZE = 128;
    private static final byte[] MAGIC = VaultFormat.ascii("HFVAULT0");

    private Header() {}

    public static byte[] write(UUID vault, Instant created, KeyRing keys) {
        byte[] plain = new ByteWriter(SIZE)
                .raw(MAGIC)
                .u16(VaultFormat.VERSION)
                .u16(0)
                .u32(0)
                .u32(0)
                .uuid(vault)
                .u64(created.getEpochSecond())
                .u32(VaultFormat.BLOCK)
                .raw(new byte[16])
                .toByteArray();
        byte[] checked = KeyRing.join(plain, KeySlot.sha256(plain));
        return KeyRing.join(checked, keys.headerMac(checked));
    }

    /** Whether these bytes begin as a header does. */
    public static boolean looksLikeOne(byte[] object) {
        return object.length >= 8 && Arrays.equals(Arrays.copyOf(object, 8), MAGIC);
    }

    /** What a header says before any key is known. */
    public record Content(UUID vault, VaultFormat.Features features) {}

    /** The content of a header that a reader may go by; {@link #authenticate} tells whose it is. */
    public static Content read(byte[] object) {
        if (object.length != SIZE) {
            throw new FormatException("a header of another length");
        }
        if (!Arrays.equals(KeySlot.sha256(Arrays.copyOf(object, 64)), Arrays.copyOfRange(object, 64, 96))) {
            throw new FormatException("checksum does not match");
        }
        ByteReader in = new ByteReader(object);
        in.expect(MAGIC, "a vault's header");
        int version = in.u16();
        in.u16();
        VaultFormat.Features features = new VaultFormat.Features(version, in.u32(), in.u32());
        features.require(Keys.HEADER.value(), Access.READ);
        UUID id = in.uuid();
        in.u64();
        if (in.u32() != VaultFormat.BLOCK) {
            throw new FormatException("another block size");
        }
        return new Content(id, features);
    }

    /** Throws {@link FormatException} unless the holder of these keys wrote the header. */
    public static void authenticate(byte[] object, KeyRing keys) {
        byte[] expected = keys.headerMac(Arrays.copyOf(object, 96));
        if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(object, 96, SIZE))) {
            throw new FormatException("does not authenticate");
        }
    }
}
