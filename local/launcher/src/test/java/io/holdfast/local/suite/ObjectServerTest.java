package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectServerTest {
    @TempDir
    Path folder;

    @Test
    void theKindOfServerThatWroteTheObjectsStaysAndNoSecretIsAnArgument() throws Exception {
        Home home = new Home(folder.resolve("h"), folder.resolve("n")).create();
        Path target = folder.resolve("root/local/object-store/target");
        Files.createDirectories(target.resolve("classes"));
        Home.privateFile(home.run().resolve("object-store-kind"), "built-in");
        Secrets secrets = new Secrets(home);
        ObjectServer server = new ObjectServer(home, secrets, new Installation(folder.resolve("root")), 9000);

        ProcessSpec spec = server.process();

        assertThat(spec.command()).contains("io.holdfast.local.objectstore.ObjectStoreMain");
        assertThat(spec.command()).noneMatch(argument -> argument.contains(secrets.password("s3-secret")));
    }
}
