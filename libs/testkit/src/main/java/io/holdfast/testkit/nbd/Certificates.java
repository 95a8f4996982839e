package io.holdfast.testkit.nbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes an authority and a folder with certificates of it for 127.0.0.1, named as QEMU wants them. */
public final class Certificates {

    private Certificates() {}

    /** {@code key} is an argument of openssl: {@code rsa:2048} or {@code ec}. */
    public static Path make(Path folder, String key) throws IOException {
        return make(folder, key, "IP:127.0.0.1,DNS:localhost");
    }

    /** With names of one's own, as {@code IP:...} and {@code DNS:...}. */
    public static Path make(Path folder, String key, String names) throws IOException {
        Files.createDirectories(folder);
        String[] authority = {
            "openssl",
            "req",
            "-x509",
            "-newkey",
            key.equals("ec") ? "ec" : "rsa:2048",
            "-pkeyopt",
            key.equals("ec") ? "ec_paramgen_curve:prime256v1" : "rsa_keygen_bits:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=test authority",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
            "-addext",
            "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout",
            folder + "/ca-key.pem",
            "-out",
            folder + "/ca-cert.pem"
        };
        Tool.run(authority);
        signed(folder, "server", key, "serverAuth", names);
        signed(folder, "client", key, "clientAuth", names);
        return folder;
    }

    private static void signed(Path folder, String side, String key, String usage, String names) throws IOException {
        String base = folder + "/" + side;
        if (key.equals("ec")) {
            Tool.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", base + "-key.pem");
        } else {
            Tool.run("openssl", "genrsa", "-traditional", "-out", base + "-key.pem", "2048");
        }
        Tool.run("openssl", "req", "-new", "-key", base + "-key.pem", "-subj", "/CN=" + side, "-out", base + ".csr");
        Path extensions = Files.writeString(
                folder.resolve(side + ".ext"),
                "subjectAltName=" + names + "\nkeyUsage=critical,digitalSignature,keyEncipherment\n"
                        + "extendedKeyUsage=" + usage + "\n");
        Tool.run(
                "openssl",
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                base + ".csr",
                "-CA",
                folder + "/ca-cert.pem",
                "-CAkey",
                folder + "/ca-key.pem",
                "-CAcreateserial",
                "-extfile",
                extensions.toString(),
                "-out",
                base + "-cert.pem");
    }
}
