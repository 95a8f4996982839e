package io.holdfast.snapshot.libvirt;

import io.holdfast.snapshot.domain.ViewSeen.Power;
import java.util.Arrays;
import java.util.Optional;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.DomainInfo.DomainState;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Small questions about domains. All methods run inside a {@link LibvirtConnection} call. */
final class Domains {

    static final int INACTIVE_XML = 2;
    /** With the passwords of consoles, which a definition that is given back has to have. */
    static final int SECURE_XML = 1;

    static final int START_PAUSED = 1;
    /** What QEMU's threads of virtual CPUs take to start; a guest takes more in its firmware alone. */
    private static final long STARTING_NANOS = 250_000_000;

    private Domains() {}

    static Optional<Domain> byId(Connect c, String id) throws LibvirtException {
        try {
            return Optional.of(c.domainLookupByUUIDString(id));
        } catch (LibvirtException e) {
            // A VM id that is no UUID is an invalid argument for libvirt: no such domain either way.
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)
                    || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_INVALID_ARG)
                    || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_INVALID_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static Optional<Domain> byName(Connect c, String name) throws LibvirtException {
        try {
            return Optional.of(c.domainLookupByName(name));
        } catch (LibvirtException e) {
            // A name that cannot be one is an invalid argument.
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)
                    || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_INVALID_ARG)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is done with each domain. */
    interface Visit {
        void of(Domain domain) throws LibvirtException;
    }

    /** Visits every domain of a connection. One that goes meanwhile, as helpers do, is left at the point where it was gone. */
    static void each(Connect c, Visit visit) throws LibvirtException {
        for (Domain domain : c.listAllDomains(0)) {
            try {
                visit.of(domain);
            } catch (LibvirtException e) {
                if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)) {
                    throw e;
                }
            }
        }
    }

    static Power power(Domain domain) throws LibvirtException {
        if (domain.isActive() != 1) {
            return Power.OFF;
        }
        return domain.getInfo().state == DomainState.VIR_DOMAIN_PAUSED ? Power.PAUSED : Power.RUNNING;
    }

    /** The state as people and the API know it. */
    static String state(Domain domain) throws LibvirtException {
        if (domain.isActive() == 1) {
            return switch (domain.getInfo().state) {
                case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED -> "paused";
                case VIR_DOMAIN_CRASHED -> "crashed";
                default -> "running";
            };
        }
        if (domain.isPersistent() == 1 && domain.hasManagedSaveImage() == 1) {
            return "saved";
        }
        return domain.getInfo().state == DomainState.VIR_DOMAIN_CRASHED ? "crashed" : "off";
    }

    /** Whether a running domain's guest has not run an instruction: its virtual CPUs took next to no time. */
    static boolean neverRan(Domain domain) throws LibvirtException {
        return Arrays.stream(domain.getVcpusInfo()).mapToLong(v -> v.cpuTime).sum() < STARTING_NANOS;
    }

    /** The running backup job's description, if there is a job. */
    static Optional<String> backupJob(Domain domain) throws LibvirtException {
        try {
            return domain.isActive() == 1 ? Optional.of(domain.getBackupXMLDesc(0)) : Optional.empty();
        } catch (LibvirtException e) {
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN_BACKUP)
                    || LibvirtErrors.is(e, ErrorNumber.VIR_ERR_OPERATION_INVALID)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A checkpoint by name. The binding answers null, and throws nothing, where libvirt knows none of that name. */
    static Optional<DomainCheckpoint> checkpoint(Domain domain, String name) throws LibvirtException {
        try {
            return Optional.ofNullable(domain.checkpointLookupByName(name));
        } catch (LibvirtException e) {
            if (LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN_CHECKPOINT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Destroys a domain if it runs. */
    static void destroy(Domain domain) throws LibvirtException {
        try {
            if (domain.isActive() == 1) {
                domain.destroy();
            }
        } catch (LibvirtException e) {
            if (!LibvirtErrors.is(e, ErrorNumber.VIR_ERR_OPERATION_INVALID)
                    && !LibvirtErrors.is(e, ErrorNumber.VIR_ERR_NO_DOMAIN)) {
                throw e;
            }
        }
    }
}
