package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.progress.Unfinished;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointReader;
import io.holdfast.vault.access.Failures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct restore}. */
@Command(
        description = {
            "Restore disks of a point into files, block devices or NBD exports.",
            "Files appear under their names only when all disks were read right from the vault and are written to the disk."
        })
final class RestoreVerb extends DirectVerb {

    @Parameters(index = "1", paramLabel = "POINT", description = "The point's id, or its first 6 or more characters.")
    private String point = "";

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "KEY=TARGET",
            description = "A disk by its key, and a new file (raw, sparse); with --overwrite a block device,"
                    + " nbd://localhost[:PORT]/EXPORT or nbd+unix:///EXPORT?socket=PATH. Disks that are not named are not"
                    + " restored.")
    private List<String> disks = List.of();

    @Option(
            names = "--overwrite",
            description = "Allow block devices and NBD exports, whose content is lost. Default: only new files.")
    private boolean overwrite;

    @Option(
            names = "--definition",
            paramLabel = "FILE",
            description =
                    "Also write the machine's definition, as its hypervisor told it, into this new file. Default: not.")
    private @Nullable Path definition;

    RestoreVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected Failures failures() {
        return Failures.OF_POINT;
    }

    /** One disk and where it goes. */
    private record Wanted(PointManifest.Disk disk, String target) {}

    @Override
    protected int run(Place place, Report report) throws InterruptedException {
        Map<String, String> places = given(() -> DiskArguments.parse(disks));
        try (OpenedVault opened = OpenedVault.open(place)) {
            PointManifest found = new PointSearch(opened.vault(), report).one(point);
            List<Wanted> wanted = places.entrySet().stream()
                    .map(one -> new Wanted(disk(found, one.getKey()), one.getValue()))
                    .toList();
            opened.vault()
                    .preflight(found)
                    .damageOf(wanted.stream().map(Wanted::disk).toList())
                    .ifPresent(damage -> {
                        throw new ApiException(
                                ErrorCode.POINT_DAMAGED,
                                "Nothing was written. Disk " + damage.disk() + " needs " + damage.object() + ": "
                                        + damage.message());
                    });
            restore(opened, found, wanted, report);
            return ExitCodes.DONE;
        }
    }

    private void restore(OpenedVault opened, PointManifest found, List<Wanted> wanted, Report report)
            throws InterruptedException {
        long bytes = wanted.stream().mapToLong(one -> one.disk().size()).sum();
        try (Targets targets = new Targets();
                DefinitionFile text = definition == null ? null : DefinitionFile.write(definition, found.definition());
                Unfinished.Open _ = shell().unfinished().lastWords(() -> lastWords(targets, text, report))) {
            List<DiskTarget> open = wanted.stream()
                    .map(one -> given(() -> targets.add(one.target(), one.disk().size(), overwrite)))
                    .toList();
            DirectProgress progress = progress(found.vmName(), "restore", bytes);
            PointReader reader = opened.vault().open(found);
            for (int i = 0; i < open.size(); i++) {
                new DiskCopy(reader.disk(wanted.get(i).disk().key()), open.get(i), progress).run();
            }
            targets.finish();
            if (text != null) {
                text.keep();
            }
            progress.done();
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("point", found.id());
            document.put("virtualBytes", bytes);
            document.put("seconds", progress.seconds());
            report.result(document, "point " + found.id() + " restored: " + String.join(", ", disks));
        }
    }

    private static PointManifest.Disk disk(PointManifest found, String key) {
        return found.disk(key)
                .orElseThrow(() -> new ApiException(
                        ErrorCode.DISK_NOT_FOUND,
                        "The point has no disk " + key + ", but "
                                + String.join(
                                        ", ",
                                        found.disks().stream()
                                                .map(PointManifest.Disk::key)
                                                .toList())
                                + "."));
    }

    private static void lastWords(Targets targets, @Nullable DefinitionFile text, Report report) {
        report.note(
                targets.isNamed()
                        ? "the disks were restored; look which files have their names already."
                        : "the restore was not finished: no file appeared under its name, a device or an export may hold a part.");
        targets.close();
        if (text != null && !targets.isNamed()) {
            text.close();
        }
    }
}
