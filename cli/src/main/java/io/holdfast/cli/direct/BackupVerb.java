package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Unfinished;
import io.holdfast.vault.PointManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct backup}. */
@Command(
        description = {
            "Back up disks that nobody writes to: one restore point of one machine.",
            "Only blocks that the machine's newest point does not hold are stored. A source is read in full, but for its holes, unless"
                    + " --bitmap names a dirty bitmap of the export."
        })
final class BackupVerb extends DirectVerb {

    private static final String GOES_ON =
            "holdfast: no restore point was made, those that are there are untouched; the same command starts anew.";

    @Option(
            names = "--vm",
            required = true,
            paramLabel = "NAME",
            description = "The machine: its points are compared with each other. No default.")
    private String vm = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY=SOURCE",
            description = "A disk by its key: a raw file or block device, nbd://localhost[:PORT]/EXPORT, or"
                    + " nbd+unix:///EXPORT?socket=PATH.")
    private List<String> disks = List.of();

    @Option(
            names = "--full",
            description =
                    "Store every block anew, whatever the vault holds. Default: only what differs from the newest point.")
    private boolean full;

    @Option(
            names = "--bitmap",
            paramLabel = "NAME",
            description =
                    "The exports' dirty bitmap that holds what changed since the --base point. Default: none, so all is read.")
    private @Nullable String bitmap;

    @Option(
            names = "--base",
            paramLabel = "POINT",
            description = "The point that --bitmap counts from. Default: the machine's newest.")
    private @Nullable UUID base;

    BackupVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check() {
        if (vm.isBlank() || vm.length() > 255 || vm.chars().anyMatch(Character::isISOControl)) {
            throw usage("A machine's name has 1 to 255 characters, none of them for control.");
        }
        if (base != null && bitmap == null) {
            throw usage("--base goes with --bitmap.");
        }
        if (full && bitmap != null) {
            throw usage("--full reads everything: it does not go with --bitmap.");
        }
    }

    @Override
    protected int run(Place place, Report report) throws InterruptedException {
        Map<String, String> places = given(() -> DiskArguments.parse(disks));
        try (OpenedVault opened = OpenedVault.open(place)) {
            KnownHeads heads = KnownHeads.of(shell(), opened.vault().id());
            DirectBackup backup = new DirectBackup(opened.vault(), vm, heads.of(vm), base(opened, full), bitmap);
            try (Disks sources = given(() -> Disks.open(places, bitmap, backup.base()));
                    Unfinished.Open _ =
                            shell().unfinished().lastWords(() -> report.err().println(GOES_ON))) {
                DirectProgress progress = progress(vm, "backup", sources.bytes());
                PointManifest point = backup.run(sources.all(), progress);
                progress.done();
                heads.remember(vm, point.head());
                tell(point, progress.seconds(), report);
                return ExitCodes.DONE;
            }
        }
    }

    private @Nullable PointManifest base(OpenedVault opened, boolean without) {
        if (without) {
            return null;
        }
        if (base == null) {
            return DirectBackup.newest(opened.vault(), vm);
        }
        return opened.vault()
                .point(base, vm)
                .orElseThrow(() -> new ApiException(
                        ErrorCode.POINT_NOT_FOUND, "The machine " + vm + " has no point " + base + " in this vault."));
    }

    private static void tell(PointManifest point, double seconds, Report report) {
        point.notes().forEach(report::note);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", point.id());
        document.put("virtualBytes", point.sizes().virtual());
        document.put("readBytes", point.sizes().read());
        document.put("newBytes", point.sizes().fresh());
        document.put("storedBytes", point.sizes().stored());
        document.put("seconds", seconds);
        report.result(
                document,
                () -> Table.ofFields()
                        .row("Point:", point.id().toString())
                        .row("Size:", Human.bytes(point.sizes().virtual()))
                        .row("Read:", Human.bytes(point.sizes().read()))
                        .row("New:", Human.bytes(point.sizes().fresh()))
                        .row("Stored:", Human.bytes(point.sizes().stored()))
                        .row("Took:", Human.seconds(seconds)));
    }
}
