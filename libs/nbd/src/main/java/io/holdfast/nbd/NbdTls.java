package io.holdfast.nbd;

import io.holdfast.nbd.wire.PemFolder;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/**
 * Mutual TLS 1.2/1.3 from a folder of PEM files, named as libvirt and QEMU name them: {@code ca-cert.pem}, and
 * {@code client-cert.pem} with {@code client-key.pem} or {@code server-cert.pem} with {@code server-key.pem}. Each side
 * trusts whoever has a certificate of that authority and nobody else. Files are read at each connect and each listen.
 *
 * @param folder holds the files; keys are PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), without a passphrase
 */
public record NbdTls(Path folder) {

    /** What a client uses. */
    public SSLContext clientContext() {
        return PemFolder.context(folder, "client");
    }

    /** What a server uses; it also has to demand the client's certificate. */
    public SSLContext serverContext() {
        return PemFolder.context(folder, "server");
    }
}
