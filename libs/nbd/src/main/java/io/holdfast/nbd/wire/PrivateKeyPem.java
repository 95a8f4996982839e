package io.holdfast.nbd.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Private keys as openssl and certtool write them: PKCS#8, PKCS#1 for RSA, SEC 1 for EC; all without a passphrase. */
final class PrivateKeyPem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    /** AlgorithmIdentifier of rsaEncryption (RFC 8017): OID 1.2.840.113549.1.1.1 and NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** OID 1.2.840.10045.2.1, id-ecPublicKey (RFC 5480). */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private PrivateKeyPem() {}

    static PrivateKey parse(byte[] file) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new InvalidKeySpecException("no private key without a passphrase in the file");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("the private key is not base64");
        }
        return switch (block.group(1)) {
            case "RSA PRIVATE KEY" -> decode(pkcs8(RSA, der), List.of("RSA"));
            case "EC PRIVATE KEY" -> decode(pkcs8(ecAlgorithm(der), der), List.of("EC"));
            default -> decode(der, List.of("RSA", "EC", "EdDSA", "RSASSA-PSS"));
        };
    }

    private static PrivateKey decode(byte[] pkcs8, List<String> algorithms) throws GeneralSecurityException {
        for (String algorithm : algorithms) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // The encoding names its algorithm; only the factory of that one takes it.
            }
        }
        throw new InvalidKeySpecException("the private key is of no known algorithm, or damaged");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return tagged(0x30, VERSION_0, algorithm, tagged(0x04, key));
    }

    /** The named curve stands in the SEC 1 structure under the context tag [0] as an OID. */
    private static byte[] ecAlgorithm(byte[] sec1) throws InvalidKeySpecException {
        for (int at = 0; at + 3 < sec1.length; at++) {
            int length = sec1[at + 1];
            boolean oid = sec1[at] == (byte) 0xa0 && sec1[at + 2] == 0x06 && length == sec1[at + 3] + 2;
            if (oid && length > 2 && at + 2 + length <= sec1.length) {
                byte[] curve = java.util.Arrays.copyOfRange(sec1, at + 2, at + 2 + length);
                return tagged(0x30, EC, curve);
            }
        }
        throw new InvalidKeySpecException("the EC key names no curve");
    }

    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            body.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = body.size();
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }
}
