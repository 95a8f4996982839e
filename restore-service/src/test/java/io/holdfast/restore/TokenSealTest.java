package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSealTest {

    private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

    private final TokenSeal seal = new TokenSeal(key(1), new SecureRandom());
    private final ExportToken token = new ExportToken(
            UUID.randomUUID(),
            "x".repeat(128),
            UUID.randomUUID(),
            OptionalLong.of(Long.MAX_VALUE),
            "d".repeat(64),
            UUID.randomUUID(),
            NOW.plusSeconds(60));

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) fill);
        return key;
    }

    @Test
    void aNameOpensToItsTokenAndIsShortEnough() {
        String name = seal.seal(token);
        assertThat(name).hasSizeLessThanOrEqualTo(TokenSeal.MAX_NAME).matches("[A-Za-z0-9_-]+");
        assertThat(seal.open(name, NOW)).contains(token);
    }

    @Test
    void aNameOfBeforeTheSequenceWasToldIsOpened() {
        String old = "ASsmIkrY9KRimSG4-2H-5NIA7G7C8WikvU4f2xDeumibujhh1SjJUT45aJo4KneZxYjTdnEXiDOtjvNAYowgptqMoiroQ09A"
                + "A2tc22PCPUUtVoFaoPI18uysmCXY2iOC";
        assertThat(seal.open(old, NOW))
                .contains(new ExportToken(
                        new UUID(0, 1),
                        "vm-1",
                        new UUID(0, 2),
                        OptionalLong.empty(),
                        "vda",
                        new UUID(0, 3),
                        NOW.plusSeconds(60)));
    }

    @Test
    void twoNamesOfOneTokenDiffer() {
        assertThat(seal.seal(token)).isNotEqualTo(seal.seal(token));
    }

    @Test
    void aNameExpires() {
        String name = seal.seal(token);
        assertThat(seal.open(name, NOW.plusSeconds(59))).isPresent();
        assertThat(seal.open(name, NOW.plusSeconds(60))).isEmpty();
    }

    @Test
    void aNameOfAnotherKeyIsRefused() {
        String name = new TokenSeal(key(2), new SecureRandom()).seal(token);
        assertThat(seal.open(name, NOW)).isEmpty();
    }

    @Test
    void aNameWithAnyCharacterChangedIsRefused() {
        String name = seal.seal(token);
        for (int i = 0; i < name.length(); i++) {
            char other = name.charAt(i) == 'A' ? 'B' : 'A';
            String forged = name.substring(0, i) + other + name.substring(i + 1);
            // The last character may carry unused bits; then the decoded bytes are the same or the decoder refuses.
            assertThat(seal.open(forged, NOW).filter(t -> !t.equals(token))).isEmpty();
            if (i < name.length() - 1) {
                assertThat(seal.open(forged, NOW)).as("character %d", i).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "disk0",
                "AQ",
                "!!!",
                "../../etc/passwd",
                "\u0000",
                "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void whatIsNoNameIsRefused(String name) {
        assertThat(seal.open(name, NOW)).isEmpty();
    }

    @Test
    void aHugeNameIsRefusedUnread() {
        assertThat(seal.open("A".repeat(4096), NOW)).isEmpty();
    }
}
