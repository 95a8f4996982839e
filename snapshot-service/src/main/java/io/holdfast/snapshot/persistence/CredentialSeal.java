package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals a source's credentials with AES-256-GCM: one version byte, a random nonce of 12 bytes, ciphertext and tag. The source
 * is authenticated with them, so that a sealed value moved to another row does not open. Thread-safe.
 */
public final class CredentialSeal {

    private static final byte VERSION = 1;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKey key;
    private final SecureRandom random = new SecureRandom();

    /** With 32 bytes of key, or with none: then credentials are refused. */
    public CredentialSeal(byte @Nullable [] key) {
        if (key != null && key.length != 32) {
            throw new IllegalArgumentException("A seal key has 32 bytes");
        }
        this.key = key == null ? null : new SecretKeySpec(key, "AES");
    }

    byte[] seal(UUID source, SourceCredentials credentials) {
        byte[] user = credentials.user().getBytes(StandardCharsets.UTF_8);
        byte[] password = credentials.password().getBytes(StandardCharsets.UTF_8);
        byte[] open = ByteBuffer.allocate(Integer.BYTES + user.length + password.length)
                .putInt(user.length)
                .put(user)
                .put(password)
                .array();
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, source).doFinal(open);
            return ByteBuffer.allocate(1 + NONCE + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Sealing failed", e);
        }
    }

    /** Absent when the value was sealed with another key, or was changed. */
    Optional<SourceCredentials> open(UUID source, byte[] sealed) {
        if (key == null || sealed.length < 1 + NONCE + TAG_BITS / 8 || sealed[0] != VERSION) {
            return Optional.empty();
        }
        try {
            ByteBuffer open =
                    ByteBuffer.wrap(cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, 1 + NONCE), source)
                            .doFinal(sealed, 1 + NONCE, sealed.length - 1 - NONCE));
            byte[] user = new byte[open.getInt()];
            open.get(user);
            return Optional.of(new SourceCredentials(
                    new String(user, StandardCharsets.UTF_8),
                    StandardCharsets.UTF_8.decode(open).toString()));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, UUID source) throws GeneralSecurityException {
        if (key == null) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "snapshot-service has no key to seal credentials with; set holdfast.seal-key-file.");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(("source/" + source).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
