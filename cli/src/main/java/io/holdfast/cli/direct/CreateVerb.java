package io.holdfast.cli.direct;

import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Report;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code holdfast direct create}. */
@Command(
        description = {
            "Make a vault in an empty folder or below an empty prefix.",
            "A folder is made when it is not there, a bucket has to be there. Whoever has the passphrase reads the backups, and"
                    + " without it nobody does: keep it apart from this machine."
        })
final class CreateVerb extends DirectVerb {

    CreateVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.create(place)) {
            String id = opened.vault().id();
            report.result(Map.of("vault", id, "url", place.url()), "vault " + id + " made at " + place.url());
            return 0;
        }
    }
}
