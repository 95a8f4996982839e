package io.holdfast.catalog.domain;

import io.holdfast.api.problem.ErrorCode;

/**
 * Which failures of an attempt deserve another one. Infrastructure comes back; what the user has to change does not, and
 * trying again would only delay the news. Every code is named, so that a new one has to be decided here.
 */
public final class RetryRule {

    /** Whether another attempt may succeed with nobody changing anything. */
    public static boolean retries(ErrorCode code) {
        return switch (code) {
            case SOURCE_UNREACHABLE,
                    HYPERVISOR_ERROR,
                    HYPERVISOR_TIMEOUT,
                    VM_BUSY,
                    VIEW_NOT_FOUND,
                    VIEW_LOST,
                    TARGET_NOT_FOUND,
                    TARGET_FILL_FAILED,
                    NBD_ERROR,
                    VAULT_UNREACHABLE,
                    VAULT_NOT_READY,
                    LEASE_LOST,
                    FENCED,
                    UNAVAILABLE,
                    DEADLINE_EXCEEDED,
                    OUTCOME_UNKNOWN,
                    // A service's token may be replaced between two attempts.
                    UNAUTHENTICATED,
                    INTERNAL -> true;
            case INVALID_REQUEST,
                    BODY_TOO_LARGE,
                    FORBIDDEN,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    UNSUPPORTED_MEDIA_TYPE,
                    IDEMPOTENCY_KEY_REUSED,
                    NOT_IMPLEMENTED,
                    SOURCE_NOT_FOUND,
                    SOURCE_EXISTS,
                    SOURCE_IN_USE,
                    SOURCE_SCHEME_UNSUPPORTED,
                    SOURCE_CHECK_FAILED,
                    VM_NOT_FOUND,
                    VM_AMBIGUOUS,
                    VM_WITHOUT_DISKS,
                    VM_HAS_SNAPSHOTS,
                    VM_NAME_EXISTS,
                    VM_NAME_INVALID,
                    VM_DEFINITION_TOO_LARGE,
                    DISK_NOT_FOUND,
                    DISK_UNSUPPORTED,
                    DISK_UNREADABLE,
                    DISK_UNWRITABLE,
                    POOL_NOT_FOUND,
                    NETWORK_NOT_FOUND,
                    TARGET_FILL_STALLED,
                    NO_SPACE,
                    SCRATCH_NO_SPACE,
                    SNAPSHOT_NOT_FOUND,
                    SNAPSHOT_EXISTS,
                    SNAPSHOT_IN_USE,
                    SNAPSHOT_UNSUPPORTED,
                    SCRATCH_FULL,
                    VAULT_NOT_FOUND,
                    VAULT_EXISTS,
                    VAULT_IN_USE,
                    VAULT_URL_INVALID,
                    VAULT_DENIED,
                    VAULT_WRONG_PASSPHRASE,
                    VAULT_NO_BUCKET,
                    VAULT_NOT_A_VAULT,
                    VAULT_IS_ANOTHER,
                    VAULT_UNSUPPORTED_FORMAT,
                    VAULT_FULL,
                    VAULT_CORRUPT,
                    VAULT_CHAIN_BROKEN,
                    POINT_NOT_FOUND,
                    POINT_DAMAGED,
                    KIND_UNSUPPORTED,
                    CONSISTENCY_UNSUPPORTED,
                    JOB_NOT_FOUND,
                    JOB_ENDED,
                    JOB_CANCELLED,
                    JOB_ATTEMPTS_EXHAUSTED -> false;
        };
    }

    private RetryRule() {}
}
