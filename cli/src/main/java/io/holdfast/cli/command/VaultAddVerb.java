package io.holdfast.cli.command;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Printable;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Outcome;
import io.holdfast.cli.progress.Unfinished;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast vault add}. */
@Command(
        description = {
            "Add a vault: a worker makes it, or opens the one that is there.",
            "Secrets are read from files or the environment, never from the command line. Without a passphrase a recovery key is"
                    + " made and shown once: keep it apart from this machine."
        })
final class VaultAddVerb extends Verb {

    // The catalog shows the key in its first answer only; a repetition of the request is answered without it.
    private static final String KEY_LOST =
            "THE RECOVERY KEY WAS LOST: the answer that held it did not arrive, and it is"
                    + " shown only once. Do not use this vault: remove it ('holdfast vault remove') and add one at another prefix or"
                    + " folder.";

    private static final String KEY_OF_NOTHING =
            "A vault is there already: the recovery key that was shown opens nothing, do not keep it. Give that vault's passphrase"
                    + " or its own recovery key with --passphrase-file.";

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name here: letters, digits, '.', '_', '-'.")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "URL",
            description = "s3+https://HOST[:PORT]/BUCKET[/PREFIX], s3+http://..., or file:///PATH for a local disk or a"
                    + " mounted share.")
    private String url = "";

    @Option(
            names = "--access-key",
            paramLabel = "KEY",
            description = "S3 access key (its secret comes from the environment). Default: $AWS_ACCESS_KEY_ID.")
    private @Nullable String accessKey;

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
            description = "A file whose first line is the vault's passphrase, at least 8 characters; of a vault that is"
                    + " there already, its passphrase or its recovery key."
                    + " Default: $HOLDFAST_PASSPHRASE, else a recovery key is made.")
    private @Nullable Path passphraseFile;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    VaultAddVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check(Report report) {
        url = given(() -> VaultInputs.url(url));
    }

    private <T> T given(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    protected int run(CatalogClient catalog, Report report) throws InterruptedException {
        S3Keys keys = given(() -> VaultInputs.keys(shell(), report, url, accessKey, credentials));
        String passphrase = given(() -> VaultInputs.passphrase(shell(), report, passphraseFile))
                .orElse(null);
        VaultAdded added = catalog.addVault(new VaultSpec(name, url, keys.accessKey(), keys.secretKey(), passphrase));
        boolean keyLost = passphrase == null && added.recoveryKey() == null;
        if (!report.json()) {
            showRecoveryKey(added, report);
        }
        // From here on the key exists only in this process: whatever ends the wait, it is printed.
        try (Unfinished.Open _ = shell().unfinished().lastWords(() -> lastWords(added, report))) {
            Outcome outcome = follow(catalog, name, added.job(), wait);
            report.result(
                    document(added, outcome),
                    () -> new Table("NAME", "RESULT", "URL", "JOB")
                            .row(name, outcome.state(), url, added.job().id().toString()));
            int exit = JobResults.end(List.of(outcome), report);
            if (keyLost) {
                report.note(KEY_LOST);
            }
            // Of a vault that may have been made the key is worth keeping, whatever became of the job.
            if (added.recoveryKey() != null
                    && ErrorCode.VAULT_WRONG_PASSPHRASE.wire().equals(outcome.errorCode())) {
                report.note(KEY_OF_NOTHING);
            }
            return keyLost && exit == ExitCodes.DONE ? ExitCodes.FAILED : exit;
        }
    }

    private static void lastWords(VaultAdded added, Report report) {
        if (report.json()) {
            report.result(added, "");
        }
    }

    private static Map<String, Object> document(VaultAdded added, Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("vault", added.vault());
        document.putAll(JobResults.document(outcome));
        if (added.recoveryKey() != null) {
            document.put("recoveryKey", added.recoveryKey());
        }
        return document;
    }

    private static void showRecoveryKey(VaultAdded added, Report report) {
        if (added.recoveryKey() == null) {
            return;
        }
        report.out().println("Recovery key of the vault " + added.vault().name() + ", shown this once:");
        report.out().println();
        report.out().println("    " + Printable.text(added.recoveryKey()));
        report.out().println();
        report.out()
                .println("It opens the vault on the day this suite and its database are lost. Without it nobody can");
        report.out().println("read these backups then. Keep it apart from this machine: on paper, in a password safe.");
        report.out().println();
        report.out().flush();
    }
}
