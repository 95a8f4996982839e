package io.holdfast.catalog.app.intake;

import io.holdfast.api.source.VmInfo;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.domain.VmRef;
import jakarta.enterprise.context.ApplicationScoped;

/** Finds the VM that a reference means, through snapshot-service's inventory. */
@ApplicationScoped
public class FindVm {

    /** Enough to see that a name is ambiguous and to say where. */
    private static final int MATCHES = 100;

    private final Hypervisors hypervisors;

    FindVm(Hypervisors hypervisors) {
        this.hypervisors = hypervisors;
    }

    /** The one VM; {@code vm-not-found} or {@code vm-ambiguous}. */
    public VmInfo find(String reference) {
        VmRef ref = VmRef.parse(reference);
        return ref.choose(
                hypervisors.vms(ref.source(), ref.nameOrId(), null, MATCHES).items());
    }
}
