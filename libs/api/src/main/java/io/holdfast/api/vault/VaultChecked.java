package io.holdfast.api.vault;

import java.util.List;

/**
 * What a look at a vault found.
 *
 * @param formatId the id that is written in the vault itself
 * @param vms how many VMs have points in it, or should have
 * @param points how many restore points authenticate
 * @param compared how many VMs' chains were compared with the newest point that the catalog knows; of the others nobody can know
 *     whether they were rolled back
 * @param findings what is wrong, or was: at most 1000
 * @param lines the same for people, line by line
 */
public record VaultChecked(
        String formatId, int vms, int points, int compared, List<Finding> findings, List<String> lines) {

    /**
     * One place in a VM's chain of manifests.
     *
     * @param trouble {@code removed}, {@code replaced}, {@code rolled-back}, {@code foreign}, {@code unreadable}, or
     *     {@code foreign-skipped}, which harms nothing: a later point has recorded and skipped what somebody put there
     * @param harmless whether no point is touched
     * @param sentence the same for people
     */
    public record Finding(String vm, long sequence, String trouble, boolean harmless, String sentence) {}
}
