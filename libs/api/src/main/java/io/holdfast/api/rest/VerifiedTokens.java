package io.holdfast.api.rest;

import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers bearer tokens that were verified: services come with the same one many times a second, and to verify its
 * signature takes longer than most of their requests. A token is known by its SHA-256 until it expires, and for a minute at
 * most, so that a key that was withdrawn is not believed for longer. What is refused is not remembered. Thread-safe.
 */
@Singleton
@Alternative
@Priority(1)
public final class VerifiedTokens extends JWTCallerPrincipalFactory {

    /** Tokens at one time; the one that was not used for longest goes first. */
    static final int MOST = 256;

    static final Duration KEPT = Duration.ofMinutes(1);

    private final JWTCallerPrincipalFactory verifier;
    private final InstantSource clock;

    private final Map<String, Verified> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
            return size() > MOST;
        }
    };

    private record Verified(JWTCallerPrincipal principal, Instant until) {}

    public VerifiedTokens() {
        this(new DefaultJWTCallerPrincipalFactory(), InstantSource.system());
    }

    VerifiedTokens(JWTCallerPrincipalFactory verifier, InstantSource clock) {
        this.verifier = verifier;
        this.clock = clock;
    }

    @Override
    public JWTCallerPrincipal parse(String token, JWTAuthContextInfo rules) throws ParseException {
        String key = hash(token);
        JWTCallerPrincipal remembered = remembered(key);
        if (remembered != null) {
            return remembered;
        }
        JWTCallerPrincipal fresh = verifier.parse(token, rules);
        remember(key, fresh);
        return fresh;
    }

    private @Nullable JWTCallerPrincipal remembered(String key) {
        synchronized (known) {
            Verified verified = known.get(key);
            return verified != null && clock.instant().isBefore(verified.until()) ? verified.principal() : null;
        }
    }

    private void remember(String key, JWTCallerPrincipal principal) {
        Instant most = clock.instant().plus(KEPT);
        Instant expiry = Instant.ofEpochSecond(principal.getExpirationTime());
        synchronized (known) {
            known.put(key, new Verified(principal, expiry.isBefore(most) ? expiry : most));
        }
    }

    private static String hash(String token) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
