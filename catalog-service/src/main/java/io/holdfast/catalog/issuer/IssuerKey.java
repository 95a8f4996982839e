package io.holdfast.catalog.issuer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The issuer's key pair on P-256, kept as PEM files.
 *
 * @param id first bytes of the public key's hash; the {@code kid} of tokens
 */
record IssuerKey(PrivateKey privateKey, PublicKey publicKey, String id) {

    static final String PRIVATE_FILE = "issuer-private.pem";
    static final String PUBLIC_FILE = "issuer-public.pem";

    /** Reads the key, or makes it; of several replicas that make it at once, one wins and the others read. */
    static IssuerKey loadOrCreate(PrivateFiles files) throws IOException {
        try {
            if (!files.exists(PRIVATE_FILE)) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair pair = generator.generateKeyPair();
                String both = pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                        + pem("PUBLIC KEY", pair.getPublic().getEncoded());
                files.createOnce(PRIVATE_FILE, both);
            }
            IssuerKey key = read(files.path(PRIVATE_FILE));
            files.replace(PUBLIC_FILE, pem("PUBLIC KEY", key.publicKey.getEncoded()));
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The issuer's key cannot be made or read", e);
        }
    }

    private static IssuerKey read(Path file) throws IOException, GeneralSecurityException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        KeyFactory factory = KeyFactory.getInstance("EC");
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(section(text, "PRIVATE KEY")));
        PublicKey open = factory.generatePublic(new X509EncodedKeySpec(section(text, "PUBLIC KEY")));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(open.getEncoded());
        return new IssuerKey(secret, open, HexFormat.of().formatHex(hash, 0, 8));
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    private static byte[] section(String text, String label) {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            throw new IllegalStateException("The issuer's key file has no " + label);
        }
        return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    }

    @Override
    public String toString() {
        return "IssuerKey[" + id + "]";
    }
}
