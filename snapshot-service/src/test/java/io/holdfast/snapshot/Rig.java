package io.holdfast.snapshot;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, libvirt, a key that signs tokens. One for all tests of this module. */
public final class Rig implements QuarkusTestResourceLifecycleManager {

    private @Nullable OwnLibvirt libvirt;
    private @Nullable EmbeddedPostgres postgres;

    @Override
    public Map<String, String> start() {
        try {
            postgres = EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "off")
                    .setServerConfig("synchronous_commit", "off")
                    .start();
            libvirt = OwnLibvirt.create();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            Path pem = libvirt.home.resolve("issuer.pem");
            Files.writeString(
                    pem,
                    "-----BEGIN PUBLIC KEY-----\n"
                            + Base64.getMimeEncoder()
                                    .encodeToString(keys.getPublic().getEncoded())
                            + "\n-----END PUBLIC KEY-----\n");
            Files.write(libvirt.home.resolve("issuer.key"), keys.getPrivate().getEncoded());
            Map<String, String> config = new HashMap<>();
            config.put("quarkus.http.test-port", "0");
            config.put("quarkus.datasource.jdbc.url", postgres.getJdbcUrl("postgres", "postgres"));
            config.put("quarkus.datasource.username", "postgres");
            config.put("quarkus.datasource.password", "postgres");
            config.put("holdfast.auth.keys", pem.toUri().toString());
            config.put("holdfast.nbd.directory", libvirt.home.resolve("nbd").toString());
            config.put("holdfast.snapshot.background", "${tests.background:false}");
            Path seal = libvirt.home.resolve("seal.key");
            Files.writeString(seal, Base64.getEncoder().encodeToString(new byte[32]));
            Files.setPosixFilePermissions(seal, PosixFilePermissions.fromString("rw-------"));
            config.put("holdfast.seal-key-file", seal.toString());
            return config;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tests run in a class loader of their own: they find the rig through the configuration. */
    static OwnLibvirt libvirt() {
        Path sockets = ConfigProvider.getConfig().getValue("holdfast.nbd.directory", Path.class);
        return new OwnLibvirt(sockets.resolveSibling(""));
    }

    /** A signed token. */
    static String token(Duration life, String... groups) {
        try {
            byte[] key = Files.readAllBytes(libvirt().home.resolve("issuer.key"));
            return token(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)), life, groups);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String token(PrivateKey by, Duration life, String... groups) {
        long now = Instant.now().getEpochSecond();
        String body = "{\"iss\":\"holdfast\",\"sub\":\"catalog-service\",\"upn\":\"catalog-service\",\"iat\":"
                + (now - 600) + ",\"exp\":" + (now + life.toSeconds()) + ",\"groups\":[\""
                + String.join("\",\"", groups) + "\"]}";
        String signed = encode("{\"alg\":\"ES256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encode(body.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(by);
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
