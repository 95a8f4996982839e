package io.holdfast.catalog.app.intake;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.VmInfo;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.app.port.PointStore;
import io.holdfast.catalog.app.port.VaultStore;
import io.holdfast.catalog.domain.VmRef;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells a listing that is empty from one that was asked for by a name nobody has, or has now. */
@ApplicationScoped
public class FilterNames {

    private static final Logger LOG = Logger.getLogger(FilterNames.class);

    private final VaultStore vaults;
    private final PointStore points;
    private final JobStore jobs;
    private final Hypervisors hypervisors;

    FilterNames(VaultStore vaults, PointStore points, JobStore jobs, Hypervisors hypervisors) {
        this.vaults = vaults;
        this.points = points;
        this.jobs = jobs;
        this.hypervisors = hypervisors;
    }

    /** Refuses a vault that is not there: {@code vault-not-found}. */
    public void requireVault(@Nullable String vault) {
        if (vault != null && vaults.byName(vault).isEmpty()) {
            throw new ApiException(ErrorCode.VAULT_NOT_FOUND, "There is no vault called " + vault + ".");
        }
    }

    /**
     * How else a VM may be listed, of which nothing was found: points and jobs carry the name that it had then.
     *
     * @return its source and id where it is called so today; empty where there is nothing else to ask for
     * @throws ApiException {@code vm-not-found} or {@code source-not-found}
     */
    public Optional<VmRef> otherwise(VmRef vm) {
        if (remembered(vm)) {
            return Optional.empty();
        }
        List<VmInfo> found;
        try {
            found = hypervisors.vms(vm.source(), vm.nameOrId(), null, 2).items();
        } catch (ApiException e) {
            if (e.code() == ErrorCode.SOURCE_NOT_FOUND) {
                throw e;
            }
            // A source that is away may have it: what the catalog knows is the answer then.
            LOG.debugf("whether VM %s exists was not told: %s", vm, e.code());
            return Optional.empty();
        }
        if (found.isEmpty()) {
            throw new ApiException(
                    ErrorCode.VM_NOT_FOUND,
                    "There is no VM " + vm + " on any source, and neither a restore point nor a job of one.");
        }
        return found.size() == 1
                ? Optional.of(
                        new VmRef(found.getFirst().source(), found.getFirst().id()))
                : Optional.empty();
    }

    private boolean remembered(VmRef vm) {
        return !points.list(new PointStore.Filter(vm.source(), vm.nameOrId(), null, null, 1))
                        .isEmpty()
                || !jobs.list(new JobStore.Filter(null, vm.source(), vm.nameOrId(), null, 1))
                        .isEmpty();
    }
}
