package io.holdfast.vault.crypto;

import io.holdfast.vault.KeyFile;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.VaultOptions;
import io.holdfast.vault.VaultSecret;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.ByteWriter;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.VaultFormat;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/** A key slot: the master key, wrapped by a passphrase or a key file. */
public final class KeySlot {

    public static final int SIZE = 208;
    private static final int BOUND = 88;
    private static final int CHECKED = SIZE - 32;
    private static final int PASSPHRASE = 1;
    private static final int KEY_FILE = 2;
    private static final byte[] MAGIC = VaultFormat.ascii("HFKEYS00");

    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private KeySlot() {}

    /** A slot's bytes. */
    public static byte[] wrap(
            byte[] master, VaultSecret secret, VaultOptions options, UUID vault, String slotId, SecureRandom random) {
        byte[] salt = new byte[32];
        byte[] nonce = new byte[12];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        byte[] bound = new ByteWriter(BOUND)
                .raw(MAGIC)
                .u16(VaultFormat.VERSION)
                .u16(secret instanceof KeyFile ? KEY_FILE : PASSPHRASE)
                .uuid(vault)
                .hex(slotId)
                .raw(work(secret, options))
                .raw(salt)
                .toByteArray();
        byte[] kek = derive(secret, options, vault, salt);
        byte[] wrapped = Aead.seal(kek, nonce, bound, master);
        Arrays.fill(kek, (byte) 0);
        byte[] checked = KeyRing.join(bound, nonce, wrapped, new byte[28]);
        return KeyRing.join(checked, sha256(checked));
    }

    /** What a passphrase's slot asks for; a key file's asks for nothing. */
    private static byte[] work(VaultSecret secret, VaultOptions options) {
        return secret instanceof KeyFile
                ? new byte[12]
                : new ByteWriter(12)
                        .u32(options.argonMemoryKib())
                        .u32(options.argonIterations())
                        .u32(options.argonLanes())
                        .toByteArray();
    }

    /**
     * A slot that may hold this vault's key.
     *
     * @param work what it asks for; absent for a key file's
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Candidate(
            byte[] slot, String id, UUID vault, @Nullable VaultOptions work) {

        /** Of one try: KiB of memory times iterations. */
        public long cost() {
            return work == null ? 0 : (long) work.argonMemoryKib() * work.argonIterations();
        }

        /** Whether a key file opens it, else a passphrase. */
        public boolean isKeyFile() {
            return work == null;
        }

        /** Whether a secret of this kind may open it. */
        public boolean takes(VaultSecret secret) {
            return isKeyFile() == secret instanceof KeyFile;
        }
    }

    /**
     * The slot in these bytes, without any work; empty when it is another vault's, or of a kind or version that this program
     * does not know: it is somebody else's way in.
     *
     * @throws FormatException when the slot is damaged or asks for more work than allowed
     */
    public static Optional<Candidate> read(byte[] slot, String slotId, UUID vault) {
        check(slot, slotId);
        ByteReader in = new ByteReader(slot);
        in.skip(8);
        int version = in.u16();
        int kind = in.u16();
        UUID of = in.uuid();
        in.skip(16);
        if (version != VaultFormat.VERSION || (kind != PASSPHRASE && kind != KEY_FILE) || !of.equals(vault)) {
            return Optional.empty();
        }
        if (kind == KEY_FILE) {
            return Optional.of(new Candidate(slot, slotId, vault, null));
        }
        int memory = in.u32();
        int iterations = in.u32();
        int lanes = in.u32();
        if (!VaultOptions.allowed(memory, iterations, lanes)) {
            throw new FormatException("key derivation parameters out of bounds");
        }
        return Optional.of(new Candidate(slot, slotId, vault, new VaultOptions(memory, iterations, lanes)));
    }

    /** The master key, or empty when the secret is not this slot's. */
    public static Optional<byte[]> unwrap(Candidate candidate, VaultSecret secret) {
        if (!candidate.takes(secret)) {
            return Optional.empty();
        }
        byte[] slot = candidate.slot;
        byte[] salt = Arrays.copyOfRange(slot, 56, BOUND);
        byte[] kek = derive(secret, candidate.work, candidate.vault, salt);
        byte[] nonce = Arrays.copyOfRange(slot, BOUND, BOUND + 12);
        try {
            return Optional.of(Aead.open(kek, nonce, Arrays.copyOf(slot, BOUND), slot, BOUND + 12, 48));
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

    private static byte[] derive(VaultSecret secret, @Nullable VaultOptions options, UUID vault, byte[] salt) {
        return switch (secret) {
            case Passphrase passphrase -> derive(passphrase, Objects.requireNonNull(options), salt);
            case KeyFile file -> derive(file, vault, salt);
        };
    }

    private static byte[] derive(KeyFile file, UUID vault, byte[] salt) {
        byte[] secret = file.bytes();
        byte[] info = new ByteWriter(64)
                .raw(VaultFormat.ascii("holdfast/0/keyfile"))
                .uuid(vault)
                .toByteArray();
        byte[] kek = KeyRing.derive(secret, salt, info);
        Arrays.fill(secret, (byte) 0);
        return kek;
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
