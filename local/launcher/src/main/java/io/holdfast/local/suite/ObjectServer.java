package io.holdfast.local.suite;

import io.holdfast.storage.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The S3 server of one machine, a process of its own on a loopback port, with one bucket: MinIO where a {@code minio} is on
 * the path, else the built-in one. The choice is made at the first start and kept, because neither reads the other's files.
 */
final class ObjectServer {

    static final String PART = "object-store";
    static final String BUCKET = "holdfast";

    private static final String MINIO = "minio";
    private static final String BUILT_IN = "built-in";

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

    /** A file with the access key and the secret key, as {@link Credentials#read} takes it. */
    Path credentialsFile() {
        Path file = home.secrets().resolve("s3");
        if (Home.readIfPresent(file) == null) {
            Home.privateFile(file, "access-key=holdfast\nsecret-key=" + secrets.password("s3-secret") + "\n");
        }
        return file;
    }

    ProcessSpec process() throws IOException {
        Path kept = home.run().resolve("object-store-kind");
        String kind = Home.readIfPresent(kept);
        Optional<Path> minio = onPath(MINIO);
        if (kind == null) {
            kind = minio.isPresent() ? MINIO : BUILT_IN;
            Home.privateFile(kept, kind);
        }
        if (kind.equals(BUILT_IN)) {
            return builtIn();
        }
        return minio(minio.orElseThrow(() -> new IOException(
                "the objects of this suite were written by MinIO, and there is no minio on the path any more")));
    }

    private ProcessSpec builtIn() {
        return new ProcessSpec(
                PART,
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

    private ProcessSpec minio(Path program) throws IOException {
        Path folder = home.objects().resolve(MINIO);
        // A folder of the first level is a bucket to MinIO: nobody has to ask it for one.
        Files.createDirectories(folder.resolve(BUCKET));
        Credentials credentials = Credentials.read(credentialsFile());
        return new ProcessSpec(
                PART,
                List.of(program.toString(), "server", "--quiet", "--address", "127.0.0.1:" + port, folder.toString()),
                Map.of(
                        "MINIO_ROOT_USER",
                        credentials.accessKey(),
                        "MINIO_ROOT_PASSWORD",
                        credentials.secretKey(),
                        "MINIO_BROWSER",
                        "off",
                        "MINIO_UPDATE",
                        "off"),
                home.objects(),
                false);
    }

    private static Optional<Path> onPath(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(":", -1))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    boolean listens() {
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
