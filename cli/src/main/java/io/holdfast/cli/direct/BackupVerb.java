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
import io.holdfast.vault.Vault;
import io.holdfast.vault.format.VaultFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct backup}. */
@Command(
        description = {
            "Back up disks that nobody writes to: one restore point of one machine.",
            "Only blocks that the machine's newest point does not hold are stored. A source is read in full, but for its holes, unless"
                    + " --bitmap names a dirty bitmap of the export.",
            "A file that is written meanwhile is noticed, and no point is made; of a block device or an NBD export nobody can tell."
        })
final class BackupVerb extends DirectVerb {

    private static final int MOST_DISKS = VaultFormat.MAX_DISKS;

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
            description =
                    "The point that --bitmap counts from: it began when that point's disks were read. Needed with --bitmap, no"
                            + " default: counted from another one the new point would be wrong.")
    private @Nullable UUID base;

    BackupVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check() {
        if (vm.isBlank() || vm.length() > 255 || vm.chars().anyMatch(Character::isISOControl)) {
            throw usage("A machine's name has 1 to 255 characters, none of them for control.");
        }
        if (vm.indexOf('\uFFFD') >= 0) {
            throw usage("The machine's name has characters that this locale cannot read: use a UTF-8 locale.");
        }
        if (disks.size() > MOST_DISKS) {
            throw usage("A point has at most " + MOST_DISKS + " disks.");
        }
        if ((base == null) != (bitmap == null)) {
            throw usage("--bitmap and --base go together: what changed, and since which point.");
        }
        if (full && bitmap != null) {
            throw usage("--full reads everything: it does not go with --bitmap.");
        }
    }

    @Override
    protected int run(Place place, Report report) throws InterruptedException {
        Map<String, String> places = given(() -> DiskArguments.parse(disks));
        AtomicReference<@Nullable PointManifest> made = new AtomicReference<>();
        try (OpenedVault opened = OpenedVault.open(place)) {
            KnownHeads heads = KnownHeads.of(shell(), opened.vault().id());
            heads.prepare();
            try (Unfinished.Open _ = shell().unfinished().lastWords(() -> lastWords(made.get(), report))) {
                long started = System.nanoTime();
                PointManifest point = backUp(opened.vault(), heads, places);
                made.set(point);
                tell(point, Math.round((System.nanoTime() - started) / 1e6) / 1000.0, report);
                return heads.remembered(vm, point.head(), report) ? ExitCodes.DONE : ExitCodes.FAILED;
            }
        }
    }

    private PointManifest backUp(Vault vault, KnownHeads heads, Map<String, String> places)
            throws InterruptedException {
        var backup = new DirectBackup(
                vault,
                vm,
                heads.of(vm),
                () -> given(() -> Disks.open(places, bitmap, base)),
                bytes -> progress(vm, "backup", bytes));
        UUID from = base;
        if (from != null) {
            requirePoint(vault, from);
            return backup.counted(from);
        }
        return backup.compared(full ? Optional.empty() : vault.newest(vm).map(PointManifest::id));
    }

    private void requirePoint(Vault vault, UUID from) {
        if (vault.point(from, vm).isEmpty()) {
            throw new ApiException(
                    ErrorCode.POINT_NOT_FOUND, "The machine " + vm + " has no point " + from + " in this vault.");
        }
    }

    private static void lastWords(@Nullable PointManifest made, Report report) {
        report.note(
                made == null
                        ? "if 'holdfast direct points' shows no new point, none was made; those that are there are untouched. The same"
                                + " command starts anew."
                        : "point " + made.id() + " was made.");
    }

    private void tell(PointManifest point, double seconds, Report report) {
        point.notes().forEach(report::note);
        for (PointManifest.Disk disk : point.disks()) {
            if (disk.fullReason().isPresent()) {
                report.note("disk " + disk.key() + " was read in full: "
                        + disk.fullReason().get());
            } else if (bitmap != null && disk.mode() == PointManifest.ReadMode.FULL) {
                report.note("disk " + disk.key() + " was read in full: its source has no dirty bitmap " + bitmap);
            }
        }
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
