package io.holdfast.api.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import java.time.Duration;
import java.time.Instant;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;
    private int verified;
    private Duration life = Duration.ofHours(1);

    private final VerifiedTokens tokens = new VerifiedTokens(
            new JWTCallerPrincipalFactory() {
                @Override
                public JWTCallerPrincipal parse(String token, JWTAuthContextInfo rules) throws ParseException {
                    verified++;
                    if (token.startsWith("bad")) {
                        throw new ParseException("not signed by us");
                    }
                    JwtClaims claims = new JwtClaims();
                    claims.setSubject(token);
                    claims.setExpirationTime(
                            NumericDate.fromSeconds(START.plus(life).getEpochSecond()));
                    return new DefaultJWTCallerPrincipal(claims);
                }
            },
            () -> now);

    @Test
    void oneThatWasVerifiedIsVerifiedAgainAfterAMinuteAndEachIsItsOwn() throws Exception {
        assertThat(subject("a")).isEqualTo("a");
        assertThat(subject("b")).isEqualTo("b");
        assertThat(subject("a")).isEqualTo("a");
        assertThat(verified).isEqualTo(2);

        now = START.plus(VerifiedTokens.KEPT);
        assertThat(subject("a")).isEqualTo("a");
        assertThat(verified).isEqualTo(3);
    }

    @Test
    void oneThatHasExpiredIsNotRemembered() throws Exception {
        life = Duration.ofSeconds(10);
        subject("short");
        now = START.plusSeconds(9);
        subject("short");
        assertThat(verified).isEqualTo(1);
        now = START.plusSeconds(10);
        subject("short");
        assertThat(verified).as("left to the verifier, which refuses it").isEqualTo(2);
    }

    @Test
    void whatIsRefusedIsRefusedEachTime() {
        for (int i = 1; i <= 2; i++) {
            assertThatThrownBy(() -> subject("bad")).isInstanceOf(ParseException.class);
            assertThat(verified).isEqualTo(i);
        }
    }

    @Test
    void manyTokensPushOutTheOldest() throws Exception {
        for (int i = 0; i <= VerifiedTokens.MOST; i++) {
            subject("t" + i);
        }
        subject("t" + VerifiedTokens.MOST);
        assertThat(verified).isEqualTo(VerifiedTokens.MOST + 1);
        subject("t0");
        assertThat(verified).isEqualTo(VerifiedTokens.MOST + 2);
    }

    private String subject(String token) throws ParseException {
        return tokens.parse(token, new JWTAuthContextInfo()).getSubject();
    }
}
