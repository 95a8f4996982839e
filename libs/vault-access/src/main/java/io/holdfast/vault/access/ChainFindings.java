package io.holdfast.vault.access;

import io.holdfast.api.vault.VaultChecked;
import io.holdfast.vault.ChainReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a look at a chain of manifests means to people. */
public final class ChainFindings {

    /**
     * The findings in words.
     *
     * @param name what the VM is called, as far as that is known
     */
    public static List<VaultChecked.Finding> of(ChainReport report, Optional<String> name) {
        String vm = name.map(called -> called + " (" + report.vm() + ")").orElse(report.vm());
        return report.findings().stream()
                .map(finding -> new VaultChecked.Finding(
                        report.vm(),
                        finding.sequence(),
                        finding.trouble().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        finding.trouble() == ChainReport.Trouble.FOREIGN_SKIPPED,
                        sentence(vm, finding)))
                .toList();
    }

    /** The whole check, line by line. */
    public static List<String> lines(int vms, int points, int compared, List<VaultChecked.Finding> findings) {
        List<String> lines = new ArrayList<>();
        lines.add("The manifests of " + points + " restore points of " + vms
                + " VMs authenticate (their blocks were not read); "
                + (findings.isEmpty() ? "their chains are whole." : findings.size() + " findings:"));
        findings.forEach(finding -> lines.add(finding.sentence()));
        if (compared < vms) {
            lines.add("The catalog knows no point of " + (vms - compared)
                    + " of these VMs to compare with: whether their newest points were removed cannot be known.");
        }
        return lines;
    }

    private static String sentence(String vm, ChainReport.Finding finding) {
        String point = "VM " + vm + ", point " + finding.sequence() + ": ";
        return switch (finding.trouble()) {
            case REMOVED -> point + "its manifest is gone from the vault.";
            case REPLACED -> point + "its manifest is not the one that the next point was linked to.";
            case ROLLED_BACK ->
                point
                        + "it is the newest that is known outside the vault, and the vault does not have it: it was rolled back.";
            case FOREIGN -> point + finding.object() + " is damaged, or was not written with this vault's keys.";
            case UNREADABLE -> point + "the store has " + finding.object() + " and cannot read it.";
            case FOREIGN_SKIPPED ->
                point + finding.object() + " was not written with this vault's keys; a later point has skipped it.";
        };
    }

    private ChainFindings() {}
}
