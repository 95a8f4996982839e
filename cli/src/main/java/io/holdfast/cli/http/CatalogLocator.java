package io.holdfast.cli.http;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the catalog: the option before the environment before the local suite's own file, {@code
 * $HOLDFAST_HOME/suite.json}. The suite's admin token goes to the suite's own URL and nowhere else.
 */
public final class CatalogLocator {

    private static final String SUITE_FILE = "suite.json";
    private static final int MAX_FILE_BYTES = 64 * 1024;

    private final Map<String, String> variables;
    private final Path home;

    /**
     * @param variables the process's environment
     * @param userHome the user's home folder
     */
    public CatalogLocator(Map<String, String> variables, Path userHome) {
        this.variables = variables;
        String chosen = variables.get("HOLDFAST_HOME");
        this.home = chosen == null || chosen.isBlank() ? userHome.resolve(".holdfast") : Path.of(chosen);
    }

    /** The local suite's file: {@code {"catalog": "http://127.0.0.1:7070", "adminTokenFile": "..."}}. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Suite(@Nullable String catalog, @Nullable String adminTokenFile) {}

    /**
     * The catalog to talk to.
     *
     * @param url what {@code --url} says
     * @param tokenFile what {@code --token-file} says
     * @throws ApiException when none is known, or a file cannot be read
     */
    public CatalogAddress locate(@Nullable String url, @Nullable Path tokenFile) {
        Suite suite = readSuite();
        String named = suite == null ? null : suite.catalog();
        String local = named == null || named.isBlank() ? null : named;
        String given = url != null ? url : variable("HOLDFAST_URL");
        String chosen = given != null ? given : local;
        if (chosen == null) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "No suite is known (there is no " + home.resolve(SUITE_FILE) + "): start one on this machine with"
                            + " 'holdfast up', or name one with --url or HOLDFAST_URL.");
        }
        boolean ownSuite = local != null && CatalogAddress.of(chosen, null).equals(CatalogAddress.of(local, null));
        return CatalogAddress.of(chosen, token(tokenFile, ownSuite ? suite : null));
    }

    private @Nullable BearerToken token(@Nullable Path option, @Nullable Suite suite) {
        String variableFile = variable("HOLDFAST_TOKEN_FILE");
        String inline = variable("HOLDFAST_TOKEN");
        if (option != null) {
            return readToken(option);
        }
        if (variableFile != null) {
            return readToken(Path.of(variableFile));
        }
        if (inline != null) {
            return new BearerToken(inline.strip());
        }
        String suiteFile = suite == null ? null : suite.adminTokenFile();
        return suiteFile == null || suiteFile.isBlank() ? null : readToken(home.resolve(suiteFile));
    }

    private @Nullable Suite readSuite() {
        Path file = home.resolve(SUITE_FILE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return Json.read(SmallFile.text(file, MAX_FILE_BYTES), Suite.class);
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "The local suite's file " + file + " cannot be read; 'holdfast up' writes it anew.",
                    e);
        }
    }

    private static BearerToken readToken(Path file) {
        try {
            return new BearerToken(SmallFile.text(file, MAX_FILE_BYTES).strip());
        } catch (IOException e) {
            throw new ApiException(ErrorCode.UNAUTHENTICATED, "The token file " + file + " cannot be read.", e);
        }
    }

    private @Nullable String variable(String name) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? null : value;
    }
}
