package io.holdfast.cli;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.http.CatalogLocator;
import io.holdfast.cli.http.SmallFile;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.progress.LiveProgress;
import io.holdfast.cli.progress.PlainProgress;
import io.holdfast.cli.progress.ProgressView;
import io.holdfast.cli.progress.Unfinished;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What every verb works with. One per process; the launcher's own verbs may use it, too. */
public final class Shell {

    /** Lines that fit on any terminal; more jobs are told line by line. */
    private static final int MAX_LIVE_LINES = 20;

    private final Environment environment;
    private final Unfinished unfinished = new Unfinished();

    public Shell(Environment environment) {
        this.environment = environment;
    }

    public Environment environment() {
        return environment;
    }

    /** What would be left open if the process ended now. */
    public Unfinished unfinished() {
        return unfinished;
    }

    /** Has a process that is ended by Ctrl-C or SIGTERM say which jobs go on. */
    public void tellUnfinishedAtExit() {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> unfinished.tell(environment.screen().err()), "unfinished"));
    }

    /** A client of the catalog that the options, the environment or the local suite name. */
    public CatalogClient connect(ConnectionOptions options) {
        CatalogLocator locator = new CatalogLocator(environment.variables(), environment.userHome());
        return new CatalogClient(
                locator.locate(options.url, options.tokenFile),
                options.requestTimeout == null
                        ? environment.timing()
                        : environment.timing().withRequest(options.requestTimeout),
                environment.pause(),
                environment.clock());
    }

    public Report report(OutputOptions options) {
        return new Report(environment.screen().out(), environment.screen().err(), options.json(), environment.zone());
    }

    /** Progress of so many jobs: live on a terminal, lines elsewhere. */
    public ProgressView progress(int jobs) {
        Environment.Screen screen = environment.screen();
        return screen.live() && jobs <= MAX_LIVE_LINES
                ? new LiveProgress(screen.err(), screen.columns())
                : new PlainProgress(screen.err(), environment.clock());
    }

    /** An environment variable; null when it is empty, too. */
    public @Nullable String variable(String name) {
        String value = environment.variables().get(name);
        return value == null || value.isBlank() ? null : value;
    }

    /** The text of a file that holds a secret. A warning when others may read it. */
    public String secretFile(Path file, Report report) {
        try {
            String text = SmallFile.text(file, 64 * 1024);
            warnIfOthersMayRead(file, report);
            return text;
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, "The file " + file + " cannot be read: " + why(e) + ".", e);
        }
    }

    /** A warning when others may read a file that holds a secret. */
    public void warnIfOthersMayRead(Path file, Report report) throws IOException {
        if (readableByOthers(file)) {
            report.note("warning: others may read " + file + "; 'chmod 600' keeps it to yourself.");
        }
    }

    /** Why a file cannot be used, where Java's own message is its name only. */
    public static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is none";
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "there is one already";
            case FileSystemException system when system.getReason() != null -> String.valueOf(system.getReason());
            default -> String.valueOf(e.getMessage());
        };
    }

    private static boolean readableByOthers(Path file) throws IOException {
        if (!Files.isRegularFile(file)
                || !file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        return permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.GROUP_READ);
    }
}
