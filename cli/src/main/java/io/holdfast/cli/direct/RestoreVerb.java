package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.progress.Unfinished;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PreflightReport;
import io.holdfast.vault.access.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
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
            "Restore disks of a point into files or block devices.",
            "A file appears under its name only when all of it was read right from the vault and written to the disk."
        })
final class RestoreVerb extends DirectVerb {

    private static final String GOES_ON =
            "holdfast: the restore was not finished; files have not appeared under their names,"
                    + " a device may hold a part. The same command starts anew.";

    @Parameters(index = "1", paramLabel = "POINT", description = "The point's id, or its first 6 or more characters.")
    private String point = "";

    @Parameters(
            index = "2..*",
            arity = "1..*",
            paramLabel = "KEY=TARGET",
            description =
                    "A disk by its key, and a new file (raw, sparse), or a block device with --overwrite. Disks that are not"
                            + " named are not restored.")
    private List<String> disks = List.of();

    @Option(names = "--overwrite", description = "Allow block devices, whose content is lost. Default: only new files.")
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

    @Override
    protected int run(Place place, Report report) throws InterruptedException {
        Map<String, String> places = given(() -> DiskArguments.parse(disks));
        if (places.values().stream().anyMatch(NbdUri::isOne)) {
            throw usage("A restore into an NBD export is not there yet: name a file or a block device.");
        }
        if (definition != null && Files.exists(definition)) {
            throw usage(definition + " is there already: the definition is written into a new file.");
        }
        try (OpenedVault opened = OpenedVault.open(place)) {
            PointManifest found = new PointSearch(opened.vault()).one(point);
            List<PointManifest.Disk> chosen =
                    places.keySet().stream().map(key -> disk(found, key)).toList();
            refuseDamaged(opened.vault().preflight(found), places);
            List<DiskTarget> targets = new ArrayList<>();
            try (Unfinished.Open _ = shell().unfinished().lastWords(() -> lastWords(targets, report))) {
                for (PointManifest.Disk disk : chosen) {
                    targets.add(DiskTarget.open(Path.of(places.get(disk.key())), disk.size(), overwrite));
                }
                restore(opened, found, chosen, targets, report);
                return ExitCodes.DONE;
            } finally {
                targets.forEach(DiskTarget::close);
            }
        }
    }

    private void restore(
            OpenedVault opened,
            PointManifest found,
            List<PointManifest.Disk> chosen,
            List<DiskTarget> targets,
            Report report)
            throws InterruptedException {
        long bytes = chosen.stream().mapToLong(PointManifest.Disk::size).sum();
        DirectProgress progress = progress(found.vmName(), "restore", bytes);
        var reader = opened.vault().open(found);
        for (int i = 0; i < chosen.size(); i++) {
            new DiskCopy(reader.disk(chosen.get(i).key()), targets.get(i), progress).run();
        }
        for (DiskTarget target : targets) {
            target.finish();
        }
        if (definition != null) {
            write(found.definition(), definition);
        }
        progress.done();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", found.id());
        document.put("virtualBytes", bytes);
        document.put("seconds", progress.seconds());
        report.result(document, "point " + found.id() + " restored: " + String.join(", ", disks));
    }

    private static void write(String text, Path file) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "The disks are restored, but the definition could not be written to " + file + ": " + e.getMessage()
                            + ".",
                    e);
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

    private static void refuseDamaged(PreflightReport preflight, Map<String, String> wanted) {
        preflight.damages().stream()
                .filter(damage -> wanted.containsKey(damage.disk()))
                .findFirst()
                .ifPresent(damage -> {
                    throw new ApiException(
                            ErrorCode.POINT_DAMAGED,
                            "Nothing was written. Disk " + damage.disk() + " needs " + damage.object() + ": "
                                    + damage.message());
                });
    }

    private static void lastWords(List<DiskTarget> targets, Report report) {
        report.err().println(GOES_ON);
        targets.forEach(DiskTarget::close);
    }
}
