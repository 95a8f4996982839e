package io.holdfast.catalog.issuer;

import io.holdfast.api.Role;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/**
 * The built-in issuer, for one machine and for first boot: a key of its own, and token files for the admin and for each
 * service. Not thread-safe; {@code Upkeep} is its only caller after start-up.
 */
public final class Issuer {

    private static final Logger LOG = Logger.getLogger(Issuer.class);
    private static final String ISSUER = "holdfast";

    /** A token file: made for {@code life}, made anew when less than {@code renewBelow} of it is left. */
    private record Holder(String subject, Set<String> groups, Duration life, Duration renewBelow) {
        String file() {
            return subject + ".jwt";
        }
    }

    private static final List<Holder> HOLDERS = List.of(
            new Holder(
                    "admin", Set.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN), Duration.ofDays(365), Duration.ofDays(30)),
            service("catalog-service"),
            service("snapshot-service"),
            service("backup-worker"),
            service("restore-service"));

    private final PrivateFiles files;
    private final IssuerKey key;
    private final InstantSource clock;

    /** Reads or makes the key; does not write tokens yet. */
    public Issuer(Path directory, InstantSource clock) {
        this.clock = clock;
        try {
            this.files = new PrivateFiles(directory);
            this.key = IssuerKey.loadOrCreate(files);
        } catch (IOException e) {
            throw new UncheckedIOException("The issuer's directory " + directory + " cannot be used", e);
        }
    }

    private static Holder service(String name) {
        return new Holder(name, Set.of(Role.WORKER, Role.VIEWER), Duration.ofHours(24), Duration.ofHours(12));
    }

    /** Writes every token that is missing, foreign, or near its end. */
    public void renew() {
        for (Holder holder : HOLDERS) {
            try {
                if (!lasts(holder)) {
                    files.replace(holder.file(), token(holder) + "\n");
                    LOG.infof("token %s: issued for %s", holder.file(), holder.life());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("The token file " + holder.file() + " cannot be written", e);
            }
        }
    }

    /** The public key as a JSON Web Key Set. */
    public String jwks() {
        try {
            JsonWebKey jwk = JsonWebKey.Factory.newJwk(key.publicKey());
            jwk.setKeyId(key.id());
            jwk.setUse("sig");
            jwk.setAlgorithm("ES256");
            return "{\"keys\":[" + jwk.toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY) + "]}";
        } catch (JoseException e) {
            throw new IllegalStateException("The public key cannot be written as JWK", e);
        }
    }

    private String token(Holder holder) {
        Instant now = clock.instant();
        return Jwt.issuer(ISSUER)
                .subject(holder.subject())
                .groups(holder.groups())
                .issuedAt(now)
                .expiresAt(now.plus(holder.life()))
                .jws()
                .algorithm(SignatureAlgorithm.ES256)
                .keyId(key.id())
                .sign(key.privateKey());
    }

    private boolean lasts(Holder holder) throws IOException {
        if (!files.exists(holder.file())) {
            return false;
        }
        Instant until = clock.instant().plus(holder.renewBelow());
        try {
            new JwtConsumerBuilder()
                    .setVerificationKey(key.publicKey())
                    .setExpectedIssuer(ISSUER)
                    .setExpectedSubject(holder.subject())
                    .setRequireExpirationTime()
                    .setEvaluationTime(NumericDate.fromSeconds(until.getEpochSecond()))
                    .build()
                    .processToClaims(Files.readString(files.path(holder.file())).strip());
            return true;
        } catch (InvalidJwtException e) {
            return false;
        }
    }
}
