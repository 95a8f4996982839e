package io.holdfast.catalog.support;

import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;

/** Tokens of every kind: the issuer's own, ones of a single role, and ones that must not pass. */
public final class Tokens {

    /** The folder the service wrote its keys and tokens to. */
    public static Path folder() {
        return Path.of(Parts.settings().getOrDefault("holdfast.issuer.directory", ""));
    }

    /** The text of a token file. */
    public static String file(String name) {
        try {
            return Files.readString(folder().resolve(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String admin() {
        return file("admin.jwt");
    }

    public static String worker() {
        return file("backup-worker.jwt");
    }

    /** Signed by the service's own key, for one role. */
    public static String of(String role) {
        return mint("only-" + role, role, Duration.ofHours(1), ownKey());
    }

    public static String expired() {
        return mint("late", "viewer", Duration.ofHours(-1), ownKey());
    }

    public static String foreign() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            PrivateKey key = generator.generateKeyPair().getPrivate();
            return mint("stranger", "admin", Duration.ofHours(1), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String mint(String subject, String role, Duration life, PrivateKey key) {
        return Jwt.issuer("holdfast")
                .subject(subject)
                .groups(Set.of(role))
                .issuedAt(Instant.now().minus(Duration.ofHours(2)))
                .expiresAt(Instant.now().plus(life))
                .jws()
                .algorithm(SignatureAlgorithm.ES256)
                .sign(key);
    }

    private static PrivateKey ownKey() {
        String text = file("issuer-private.pem");
        String body = text.substring(text.indexOf('\n'), text.indexOf("-----END PRIVATE KEY-----"));
        try {
            byte[] der = Base64.getMimeDecoder().decode(body);
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Tokens() {}
}
