package io.holdfast.vault.crypto;

import io.holdfast.vault.format.FormatException;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key of AES-256-GCM with a tag of 16 bytes. It keeps a cipher with its key schedule for the next use: a full backup of 1 GB in a new
 * JVM took 4.4 s with both made anew for each frame, and 4.2 s so, most of it saved in the JIT.
 * Thread-safe; no nonce may be used twice.
 */
public final class AeadKey {

    /**
     * Bytes given to the cipher at once. Measured on JDK 25, 256 MiB in a new JVM: 3.7 s whole frames, 0.85 s in steps of
     * 1 KiB, because many calls have the JIT use the processor's AES sooner.
     */
    private static final int STEP = 1024;

    private final SecretKeySpec key;
    private final AtomicReference<@Nullable Cipher> idle = new AtomicReference<>();

    /** Of 32 bytes, which are copied. */
    public AeadKey(byte[] bytes) {
        key = new SecretKeySpec(bytes, "AES");
    }

    /** The cipher text and its tag. */
    public byte[] seal(byte[] nonce, byte[] aad, byte[] plain) {
        byte[] out = new byte[plain.length + 16];
        seal(nonce, aad, plain, out, 0);
        return out;
    }

    /** Seals into {@code out} from {@code offset} and says how many bytes that are. */
    public int seal(byte[] nonce, byte[] aad, byte[] plain, byte[] out, int offset) {
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, aad);
            int at = 0;
            int written = offset;
            while (plain.length - at > STEP) {
                written += cipher.update(plain, at, STEP, out, written);
                at += STEP;
            }
            written += cipher.doFinal(plain, at, plain.length - at, out, written);
            idle.set(cipher);
            return written - offset;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not available", e);
        }
    }

    /** Opens, or throws {@link FormatException} when it does not authenticate. */
    public byte[] open(byte[] nonce, byte[] aad, byte[] sealed, int offset, int length) {
        if (length < 16) {
            throw new FormatException("cut short");
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, nonce, aad);
            byte[] plain = cipher.doFinal(sealed, offset, length);
            idle.set(cipher);
            return plain;
        } catch (AEADBadTagException e) {
            throw new FormatException("does not authenticate");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not available", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
        Cipher kept = idle.getAndSet(null);
        Cipher cipher = kept == null ? Cipher.getInstance("AES/GCM/NoPadding") : kept;
        cipher.init(mode, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(aad);
        return cipher;
    }
}
