package io.holdfast.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import io.holdfast.cli.http.ScriptedCatalog;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A command line against a catalog that answers from a script. */
abstract class CommandTest {

    static final String TOKEN = "very.secret.token";

    @TempDir
    Path home;

    final ScriptedCatalog catalog;

    CommandTest() throws IOException {
        catalog = new ScriptedCatalog();
    }

    @AfterEach
    void stop() {
        catalog.close();
    }

    Terminal terminal() {
        return new Terminal(home).with("HOLDFAST_URL", catalog.url()).with("HOLDFAST_TOKEN", TOKEN);
    }

    Terminal.Ran run(String... arguments) {
        Terminal.Ran ran = terminal().run(arguments);
        assertThat(ran.out() + ran.err()).doesNotContain(TOKEN);
        return ran;
    }

    /** The one JSON document on standard output. */
    static JsonNode document(Terminal.Ran ran) {
        return Samples.read(ran.out());
    }
}
