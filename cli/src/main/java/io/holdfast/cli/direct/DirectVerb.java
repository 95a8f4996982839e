package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.OutputOptions;
import io.holdfast.cli.Shell;
import io.holdfast.cli.command.Answering;
import io.holdfast.cli.command.S3Keys;
import io.holdfast.cli.command.VaultInputs;
import io.holdfast.cli.output.Report;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VaultSecret;
import io.holdfast.vault.access.Failures;
import io.holdfast.vault.format.Keys;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A verb that opens a vault by itself. */
abstract class DirectVerb implements Callable<Integer>, Answering {

    /** Kept here, or it would be forgotten with its level. */
    private static final Logger ENGINE = Logger.getLogger("io.holdfast");

    private final Shell shell;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            description =
                    "The vault: file:///PATH for a local disk or a mounted share, s3+https://HOST[:PORT]/BUCKET[/PREFIX]"
                            + " or s3+http://...")
    private String url = "";

    @Option(
            names = "--s3-credentials",
            paramLabel = "FILE",
            description =
                    "A file with aws_access_key_id=... and aws_secret_access_key=... lines, or the two alone, one a line."
                            + " Default: $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY.")
    private @Nullable Path credentials;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description =
                    "A file whose first line is the vault's passphrase or recovery key. Default: $HOLDFAST_PASSPHRASE.")
    private @Nullable Path passphraseFile;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A key file that opens the vault, instead of a passphrase. Default: a passphrase.")
    private @Nullable Path keyFile;

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    protected DirectVerb(Shell shell) {
        this.shell = shell;
    }

    /** Where the vault is and what opens it. */
    record Place(String url, S3Keys keys, VaultSecret secret, Report report) implements AutoCloseable {
        @Override
        public void close() {
            secret.close();
        }
    }

    @Override
    public final Integer call() throws InterruptedException {
        // What the engine warns of is on the points, and said by the verbs in sentences.
        ENGINE.setLevel(Level.SEVERE);
        Report report = shell.report(output);
        check();
        Inputs inputs = new Inputs(url, credentials, passphraseFile, keyFile, "HOLDFAST_PASSPHRASE");
        try (Place place = place(inputs, report)) {
            return run(place, report);
        } catch (VaultException e) {
            throw e.kind() == VaultException.Kind.SOURCE_FAILED
                    ? new ApiException(ErrorCode.DISK_UNREADABLE, String.valueOf(e.getMessage()), e)
                    : (isOfVault(e) ? Failures.OF_VAULT : failures()).of(e);
        } catch (StorageException e) {
            throw failures().of(e);
        }
    }

    /** Whether it is about the vault as a whole, not about a point in it. */
    private static boolean isOfVault(VaultException e) {
        return e.object()
                .filter(object -> object.equals(Keys.HEADER.value()) || object.startsWith(Keys.SLOTS))
                .isPresent();
    }

    /**
     * What the command line says of a vault.
     *
     * @param variable of the environment, for the passphrase
     */
    record Inputs(
            String url,
            @Nullable Path credentials,
            @Nullable Path passphraseFile,
            @Nullable Path keyFile,
            String variable) {}

    /** Reads what the inputs name. */
    protected final Place place(Inputs inputs, Report report) {
        String where = given(() -> VaultInputs.url(inputs.url()));
        // A file of S3 keys may be meant for the other vault of two.
        Path s3 = where.startsWith("file:") && !inputs.url().equals(url) ? null : inputs.credentials();
        S3Keys keys = given(() -> VaultInputs.keys(shell, report, where, null, s3));
        return new Place(where, keys, secret(inputs, report), report);
    }

    private VaultSecret secret(Inputs inputs, Report report) {
        Path file = inputs.keyFile();
        if (file != null) {
            if (inputs.passphraseFile() != null) {
                throw usage("Give either a passphrase or a key file.");
            }
            return given(() -> Secrets.keyFile(shell, file, report));
        }
        return given(() -> VaultInputs.passphrase(shell, report, inputs.passphraseFile(), inputs.variable()))
                .map(Passphrase::of)
                .orElseThrow(() -> usage("What is the passphrase of " + inputs.url() + "? " + inputs.variable()
                        + ", or a file: see --help."));
    }

    /** The file of S3 keys that was named for the vault. */
    protected final @Nullable Path credentials() {
        return credentials;
    }

    /** What can be said to be wrong before anything is opened. */
    protected void check() {}

    /** Does it; the answer is the exit code. */
    protected abstract int run(Place place, Report report) throws InterruptedException;

    /** What damage in the vault means to this verb. */
    protected Failures failures() {
        return Failures.OF_VAULT;
    }

    @Override
    public final OutputOptions output() {
        return output;
    }

    protected final Shell shell() {
        return shell;
    }

    protected final DirectProgress progress(String label, String phase, long totalBytes) {
        return new DirectProgress(shell.progress(1), shell.environment().clock(), label, phase, totalBytes);
    }

    /** The command line is wrong: exit code 2. */
    protected final ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** What it reads of the command line; a sentence of what is wrong with it is a usage error. */
    protected final <T> T given(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }
}
