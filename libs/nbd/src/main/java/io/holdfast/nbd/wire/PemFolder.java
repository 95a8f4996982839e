package io.holdfast.nbd.wire;

import io.holdfast.nbd.NbdException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Builds a TLS context from the PEM files of a folder. */
public final class PemFolder {

    private static final int MAX_FILE_BYTES = 1 << 20;

    private PemFolder() {}

    /** {@code side} is {@code client} or {@code server}; failures are {@link NbdException.Kind#TLS}. */
    public static SSLContext context(Path folder, String side) {
        try {
            KeyManagerFactory keys = keys(folder, side);
            TrustManagerFactory trust = trust(folder);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new NbdException(NbdException.Kind.TLS, "the TLS files of the " + side + " are not usable", e);
        } catch (IOException e) {
            // The message of a missing file is its path, which is not a secret.
            throw new NbdException(NbdException.Kind.TLS, "a TLS file cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyManagerFactory keys(Path folder, String side) throws GeneralSecurityException, IOException {
        Certificate[] chain = certificates(folder.resolve(side + "-cert.pem")).toArray(Certificate[]::new);
        PrivateKey key = PrivateKeyPem.parse(content(folder.resolve(side + "-key.pem")));
        KeyStore store = emptyStore();
        store.setKeyEntry(side, key, new char[0], chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory;
    }

    private static TrustManagerFactory trust(Path folder) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate authority : certificates(folder.resolve("ca-cert.pem"))) {
            store.setCertificateEntry("authority-" + number++, authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> found =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content(file)));
        if (found.isEmpty()) {
            throw new GeneralSecurityException("no certificate in " + file.getFileName());
        }
        return found;
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IOException(file.getFileName() + " is longer than 1 MiB");
            }
            return bytes;
        }
    }
}
