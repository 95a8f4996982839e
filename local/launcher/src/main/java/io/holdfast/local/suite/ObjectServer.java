package io.holdfast.local.suite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The S3 server of one machine, a process of its own on a loopback port, with one bucket. */
final class ObjectServer {

    static final String BUCKET = "holdfast";

    private final Home home;
    private final Secrets secrets;
    private final Installation installation;
    private final int port;

    ObjectServer(Home home, Secrets secrets, Installation installation, int port) {
        this.home = home;
        this.secrets = secrets;
        this.installation = installation;
        this.port = port;
    }

    /** A file with the access key and the secret key, one a line. */
    Path credentialsFile() {
        Path file = home.secrets().resolve("s3");
        if (Home.readIfPresent(file) == null) {
            Home.privateFile(file, "holdfast\n" + secrets.password("s3-secret") + "\n");
        }
        return file;
    }

    ProcessSpec process() {
        return new ProcessSpec(
                "object-store",
                List.of(
                        Installation.java(),
                        "-XX:+UseSerialGC",
                        "-Xmx192m",
                        "-cp",
                        installation.classPath("local/object-store"),
                        "io.holdfast.local.objectstore.ObjectStoreMain",
                        "--directory",
                        home.objects().toString(),
                        "--port",
                        Integer.toString(port),
                        "--bucket",
                        BUCKET,
                        "--credentials-file",
                        credentialsFile().toString()),
                Map.of(),
                home.objects(),
                true);
    }

    boolean listens() {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
