package io.holdfast.snapshot;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, libvirt, a key that signs tokens. One for all tests of this module. */
public final class Rig implements QuarkusTestResourceLifecycleManager {

    private static @Nullable OwnLibvirt libvirt;
    private static @Nullable KeyPair keys;
    private @Nullable EmbeddedPostgres postgres;

    @Override
    public Map<String, String> start() {
        try {
            postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .start();
            libvirt = new OwnLibvirt();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            keys = generator.generateKeyPair();
            Path pem = libvirt.home.resolve("issuer.pem");
            Files.writeString(
                    pem,
                    "-----BEGIN PUBLIC KEY-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(keys.getPublic().getEncoded())
                            + "\n-----END PUBLIC KEY-----\n");
            Map<String, String> config = new HashMap<>();
            config.put("quarkus.datasource.jdbc.url", postgres.getJdbcUrl("postgres", "postgres"));
            config.put("quarkus.datasource.username", "postgres");
            config.put("quarkus.datasource.password", "postgres");
            config.put("holdfast.auth.keys", pem.toUri().toString());
            config.put("holdfast.nbd.directory", libvirt.home.resolve("nbd").toString());
            config.put("holdfast.snapshot.background", "false");
            return config;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static OwnLibvirt libvirt() {
        return java.util.Objects.requireNonNull(libvirt);
    }

    /** A signed token. */
    static String token(Duration life, String... groups) {
        return token(java.util.Objects.requireNonNull(keys), life, groups);
    }

    static String token(KeyPair by, Duration life, String... groups) {
        long now = Instant.now().getEpochSecond();
        String body = "{\"iss\":\"holdfast\",\"sub\":\"test\",\"upn\":\"test\",\"iat\":" + (now - 600) + ",\"exp\":"
                + (now + life.toSeconds()) + ",\"groups\":[\"" + String.join("\",\"", groups) + "\"]}";
        String signed = encode("{\"alg\":\"ES256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encode(body.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(by.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.UTF_8));
            return signed + "." + encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void stop() {
        try {
            if (libvirt != null) {
                libvirt.close();
            }
            if (postgres != null) {
                postgres.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
