package io.holdfast.vault.crypto;

import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.VaultFormat;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The subkeys of one open vault. Thread-safe until closed. */
public final class KeyRing implements AutoCloseable {

    private final byte[] vaultId;
    private final byte[] packs;
    private final byte[] objects;
    private final byte[] blocks;
    private final byte[] names;
    private final byte[] header;

    public KeyRing(byte[] master, UUID vault) {
        vaultId = new ByteWriter(16).uuid(vault).toByteArray();
        packs = derive(master, vaultId, VaultFormat.ascii("holdfast/0/pack"));
        objects = derive(master, vaultId, VaultFormat.ascii("holdfast/0/object"));
        blocks = derive(master, vaultId, VaultFormat.ascii("holdfast/0/block"));
        names = derive(master, vaultId, VaultFormat.ascii("holdfast/0/name"));
        header = derive(master, vaultId, VaultFormat.ascii("holdfast/0/header"));
    }

    /** The vault's id, 16 bytes. */
    public byte[] vaultId() {
        return vaultId.clone();
    }

    /** The key of one pack. */
    public byte[] packKey(byte[] packId, byte[] salt) {
        return derive(packs, salt, join(VaultFormat.ascii("holdfast/0/pack"), vaultId, packId));
    }

    /** The key of one sealed object. */
    public byte[] objectKey(byte[] magic, byte[] salt) {
        return derive(objects, salt, join(VaultFormat.ascii("holdfast/0/object"), magic, vaultId));
    }

    /** The hidden name of something, 32 hexadecimal digits; no part holds a zero byte. */
    public String name(String... parts) {
        byte[] text = String.join("\0", parts).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(mac(names).doFinal(text), 0, 16);
    }

    /** Authenticates the header. */
    public byte[] headerMac(byte[] bytes) {
        return mac(header).doFinal(bytes);
    }

    /** A hasher for one thread. */
    public BlockHasher hasher() {
        return new BlockHasher(mac(blocks));
    }

    @Override
    public void close() {
        for (byte[] key : new byte[][] {packs, objects, blocks, names, header}) {
            Arrays.fill(key, (byte) 0);
        }
    }

    static byte[] join(byte[]... parts) {
        ByteWriter out = new ByteWriter(128);
        for (byte[] part : parts) {
            out.raw(part);
        }
        return out.toByteArray();
    }

    static byte[] derive(byte[] input, byte[] salt, byte[] info) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(input)
                            .addSalt(salt)
                            .thenExpand(info, 32));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HKDF-SHA256 is not available", e);
        }
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is not available", e);
        }
    }
}
