package io.holdfast.vault.crypto;

import io.holdfast.vault.Passphrase;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** A key slot: the master key, wrapped by a passphrase. */
public final class KeySlot {

    public static final int SIZE = 208;
    private static final int BOUND = 88;
    private static final int CHECKED = SIZE - 32;
    private static final int PASSPHRASE = 1;
    private static final byte[] MAGIC = VaultFormat.ascii("HFKEYS00");

    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private KeySlot() {}

    /** A slot's bytes. */
    public static byte[] wrap(
            byte[] master,
            Passphrase passphrase,
            VaultOptions options,
            UUID vault,
            String slotId,
            SecureRandom random) {
        byte[] salt = new byte[32];
        byte[] nonce = new byte[12];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        byte[] bound = new ByteWriter(BOUND)
                .raw(MAGIC)
                .u16(VaultFormat.VERSION)
                .u16(PASSPHRASE)
                .uuid(vault)
                .hex(slotId)
                .u32(options.argonMemoryKib())
                .u32(options.argonIterations())
                .u32(options.argonLanes())
                .raw(salt)
                .toByteArray();
        byte[] kek = derive(passphrase, options, salt);
        byte[] wrapped = Aead.seal(kek, nonce, bound, master);
        Arrays.fill(kek, (byte) 0);
        byte[] checked = KeyRing.join(bound, nonce, wrapped, new byte[28]);
        return KeyRing.join(checked, sha256(checked));
    }

    /**
     * The master key, or empty when the passphrase is not this slot's or the slot is another vault's.
     *
     * @throws FormatException when the slot is damaged or asks for more work than allowed
     */
    public static Optional<byte[]> unwrap(byte[] slot, String slotId, Passphrase passphrase, UUID vault) {
        check(slot, slotId);
        ByteReader in = new ByteReader(slot);
        in.skip(8);
        int version = in.u16();
        int kind = in.u16();
        String object = Keys.slot(slotId).value();
        VaultFormat.requireKnown(object, version, 0);
        if (kind != PASSPHRASE) {
            throw new VaultException(VaultException.Kind.UNSUPPORTED, object, object + " is of an unknown kind");
        }
        UUID of = in.uuid();
        in.skip(16);
        int memory = in.u32();
        int iterations = in.u32();
        int lanes = in.u32();
        if (!VaultOptions.allowed(memory, iterations, lanes)) {
            throw new FormatException("key derivation parameters out of bounds");
        }
        if (!of.equals(vault)) {
            return Optional.empty();
        }
        byte[] kek = derive(passphrase, new VaultOptions(memory, iterations, lanes), in.raw(32));
        byte[] bound = Arrays.copyOf(slot, BOUND);
        try {
            return Optional.of(Aead.open(kek, in.raw(12), bound, slot, BOUND + 12, 48));
        } catch (FormatException e) {
            return Optional.empty();
        } finally {
            Arrays.fill(kek, (byte) 0);
        }
    }

    /** Throws {@link FormatException} unless these are the undamaged bytes of the slot with this id. */
    public static void check(byte[] slot, String slotId) {
        if (slot.length != SIZE) {
            throw new FormatException("a key slot of another length");
        }
        ByteReader in = new ByteReader(slot);
        in.expect(MAGIC, "a key slot");
        if (!HexFormat.of().formatHex(slot, 28, 44).equals(slotId)) {
            throw new FormatException("a key slot under another name");
        }
        if (!Arrays.equals(sha256(Arrays.copyOf(slot, CHECKED)), Arrays.copyOfRange(slot, CHECKED, SIZE))) {
            throw new FormatException("checksum does not match");
        }
    }

    /** SHA-256. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }

    private static byte[] derive(Passphrase passphrase, VaultOptions options, byte[] salt) {
        Argon2BytesGenerator argon = new Argon2BytesGenerator();
        argon.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(options.argonMemoryKib())
                .withIterations(options.argonIterations())
                .withParallelism(options.argonLanes())
                .withSalt(salt)
                .build());
        byte[] secret = passphrase.bytes();
        byte[] kek = new byte[32];
        // Each takes all of its memory: several at once would need that several times.
        ONE_AT_A_TIME.lock();
        try {
            argon.generateBytes(secret, kek);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
        Arrays.fill(secret, (byte) 0);
        return kek;
    }
}
