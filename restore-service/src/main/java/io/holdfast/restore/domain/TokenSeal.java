package io.holdfast.restore.domain;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns tokens into export names and back: version byte, nonce of 12 bytes, AES-256-GCM over the fields, base64url without
 * padding; at most 512 characters. Whoever has no key can neither make one nor learn from one. Thread-safe.
 */
public final class TokenSeal {

    /** Longest name that is looked at. */
    public static final int MAX_NAME = 512;

    private static final byte VERSION = 1;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random;

    /** {@code key} has 32 bytes; it is copied. */
    public TokenSeal(byte[] key, SecureRandom random) {
        if (key.length != 32) {
            throw new IllegalArgumentException("a seal key has 32 bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
    }

    /** The export name of this token; each call makes another one. */
    public String seal(ExportToken token) {
        byte[] vm = token.vm().getBytes(StandardCharsets.UTF_8);
        byte[] disk = token.disk().getBytes(StandardCharsets.UTF_8);
        ByteBuffer fields = ByteBuffer.allocate(3 * 16 + 8 + 4 + vm.length + disk.length + 8);
        put(fields, token.vault());
        put(fields, token.point());
        put(fields, token.job());
        fields.putLong(token.expires().getEpochSecond());
        fields.putShort((short) vm.length).put(vm);
        fields.putShort((short) disk.length).put(disk);
        fields.putLong(token.sequence().orElse(0));
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, fields.array());
        ByteBuffer name = ByteBuffer.allocate(1 + NONCE + sealed.length);
        name.put(VERSION).put(nonce).put(sealed);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(name.array());
        if (text.length() > MAX_NAME) {
            throw new IllegalArgumentException("the VM's id or the disk's key is too long");
        }
        return text;
    }

    /** The token that this name stands for; empty when it is not ours, or has expired at {@code now}. */
    public Optional<ExportToken> open(String name, Instant now) {
        if (name.length() > MAX_NAME) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(name);
            if (bytes.length < 1 + NONCE + TAG_BITS / 8 || bytes[0] != VERSION) {
                return Optional.empty();
            }
            byte[] nonce = Arrays.copyOfRange(bytes, 1, 1 + NONCE);
            byte[] sealed = Arrays.copyOfRange(bytes, 1 + NONCE, bytes.length);
            ExportToken token = read(ByteBuffer.wrap(crypt(Cipher.DECRYPT_MODE, nonce, sealed)));
            return now.isBefore(token.expires()) ? Optional.of(token) : Optional.empty();
        } catch (IllegalArgumentException | BufferUnderflowException notOurs) {
            return Optional.empty();
        }
    }

    private static ExportToken read(ByteBuffer fields) {
        UUID vault = uuid(fields);
        UUID point = uuid(fields);
        UUID job = uuid(fields);
        Instant expires = Instant.ofEpochSecond(fields.getLong());
        String vm = text(fields);
        String disk = text(fields);
        // Names of before the sequence was told end here, and whoever made those passes over what follows.
        long sequence = fields.hasRemaining() ? fields.getLong() : 0;
        return new ExportToken(
                vault, vm, point, sequence > 0 ? OptionalLong.of(sequence) : OptionalLong.empty(), disk, job, expires);
    }

    private static String text(ByteBuffer fields) {
        byte[] bytes = new byte[Short.toUnsignedInt(fields.getShort())];
        fields.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer fields, UUID id) {
        fields.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer fields) {
        return new UUID(fields.getLong(), fields.getLong());
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(new byte[] {VERSION});
            return cipher.doFinal(input);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("does not authenticate", e);
        }
    }
}
