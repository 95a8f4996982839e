package io.holdfast.worker;

import io.holdfast.testkit.files.Folders;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** The service by itself: nobody listens where the other services would be. */
public class AloneProfile implements QuarkusTestProfile {

    private static final String MADE = "holdfast.test.settings";

    /** Asked for in more than one class loader; the settings, and the keys behind them, are made once. */
    @Override
    public Map<String, String> getConfigOverrides() {
        String made = System.getProperty(MADE);
        Path folder = made == null ? make() : Path.of(made);
        return Map.of(
                "holdfast.auth.keys",
                "file:" + folder.resolve("public.pem"),
                "holdfast.token-file",
                folder.resolve("not-there-yet.jwt").toString(),
                "holdfast.catalog.url",
                "http://127.0.0.1:1",
                "holdfast.snapshot.url",
                "http://127.0.0.1:1",
                "holdfast.nbd.directory",
                folder.resolve("nbd").toString(),
                "holdfast.seal-key-file",
                folder.resolve("seal").toString());
    }

    private static Path make() {
        try {
            Path folder = Folders.untilExit("holdfast-test");
            var issuer = new TestIssuer();
            var _ = issuer.writePublicKey(folder.resolve("public.pem"));
            Files.writeString(folder.resolve("seal"), Base64.getEncoder().encodeToString(new byte[32]));
            Instant later = Instant.now().plusSeconds(3600);
            System.setProperty("holdfast.test.token", issuer.token("viewer", later));
            System.setProperty("holdfast.test.other", issuer.token("worker", later));
            System.setProperty("holdfast.test.expired", issuer.token("viewer", later.minusSeconds(7200)));
            System.setProperty("holdfast.test.foreign", new TestIssuer().token("viewer", later));
            System.setProperty(MADE, folder.toString());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
