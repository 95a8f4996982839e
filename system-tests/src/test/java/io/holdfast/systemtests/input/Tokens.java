package io.holdfast.systemtests.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** Bearer tokens (RFC 7519, ES256), good and bad. */
record Tokens(PrivateKey key) {

    private static final Duration HOUR = Duration.ofHours(1);

    /** Signed with the suite's own key. */
    static Tokens of(Path issuer) throws IOException, GeneralSecurityException {
        String pem = Files.readString(issuer.resolve("issuer-private.pem"));
        String begin = "-----BEGIN PRIVATE KEY-----";
        String body = pem.substring(pem.indexOf(begin) + begin.length(), pem.indexOf("-----END PRIVATE KEY-----"));
        byte[] der = Base64.getMimeDecoder().decode(body);
        return new Tokens(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)));
    }

    /** Signed with a key that nobody knows. */
    static Tokens foreign() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return new Tokens(generator.generateKeyPair().getPrivate());
    }

    String valid(String group) throws GeneralSecurityException {
        return signed("ES256", "holdfast", group, HOUR);
    }

    String expired(String group) throws GeneralSecurityException {
        return signed("ES256", "holdfast", group, HOUR.negated());
    }

    String otherIssuer(String group) throws GeneralSecurityException {
        return signed("ES256", "somebody", group, HOUR);
    }

    /** With the algorithm {@code none} and no signature. */
    String unsigned(String group) throws GeneralSecurityException {
        String token = signed("none", "holdfast", group, HOUR);
        return token.substring(0, token.lastIndexOf('.') + 1);
    }

    private String signed(String algorithm, String issuer, String group, Duration life)
            throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String claims = "{\"iss\":\"%s\",\"sub\":\"test\",\"upn\":\"test\",\"iat\":%d,\"exp\":%d,\"groups\":[\"%s\"]}"
                .formatted(issuer, now - 2 * HOUR.toSeconds(), now + life.toSeconds(), group);
        String text = encode("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}") + "." + encode(claims);
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(key);
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Tokens[...]";
    }
}
