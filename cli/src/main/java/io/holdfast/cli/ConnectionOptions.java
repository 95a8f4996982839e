package io.holdfast.cli;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which catalog, and what is shown to it. A mixin of every verb that talks to it. */
public final class ConnectionOptions {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The catalog's address, http(s)://HOST[:PORT]. Default: $HOLDFAST_URL, then the suite that 'holdfast up'"
                            + " started on this machine.")
    @Nullable
    String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "A file with a bearer token. Default: $HOLDFAST_TOKEN_FILE, then the token in $HOLDFAST_TOKEN,"
                            + " then the local suite's own, for the local suite only.")
    @Nullable
    Path tokenFile;

    @Option(
            names = "--request-timeout",
            paramLabel = "TIME",
            converter = DurationText.class,
            description = "How long one try of one request may take. Default: 30s.")
    @Nullable
    Duration requestTimeout;
}
