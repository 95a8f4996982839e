package io.holdfast.api.problem;

/**
 * Every error a client can be told, with its HTTP status and whether the same request may succeed later. Codes are
 * stable: clients and scripts rely on them. The wire form is the lower-case name with dashes, {@code vm-not-found}.
 */
public enum ErrorCode {
    // ----- the request itself
    INVALID_REQUEST(400),
    BODY_TOO_LARGE(413),
    UNAUTHENTICATED(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    UNSUPPORTED_MEDIA_TYPE(415),
    IDEMPOTENCY_KEY_REUSED(422),
    NOT_IMPLEMENTED(501),

    // ----- sources and virtual machines
    SOURCE_NOT_FOUND(404),
    SOURCE_EXISTS(409),
    SOURCE_IN_USE(409),
    SOURCE_SCHEME_UNSUPPORTED(400),
    SOURCE_UNREACHABLE(503, true),
    SOURCE_CHECK_FAILED(409),
    HYPERVISOR_ERROR(502),
    HYPERVISOR_TIMEOUT(504, true),
    VM_NOT_FOUND(404),
    VM_AMBIGUOUS(409),
    VM_BUSY(409, true),
    VM_WITHOUT_DISKS(409),
    VM_HAS_SNAPSHOTS(409),
    VM_NAME_EXISTS(409),
    VM_NAME_INVALID(400),
    VM_DEFINITION_TOO_LARGE(409),
    DISK_NOT_FOUND(404),
    DISK_UNSUPPORTED(409),
    DISK_UNREADABLE(502),
    DISK_UNWRITABLE(502),
    POOL_NOT_FOUND(404),
    NETWORK_NOT_FOUND(404),
    NO_SPACE(507),
    SCRATCH_NO_SPACE(507),

    // ----- snapshots, views, targets
    SNAPSHOT_NOT_FOUND(404),
    SNAPSHOT_EXISTS(409),
    SNAPSHOT_IN_USE(409),
    SNAPSHOT_UNSUPPORTED(409),
    VIEW_NOT_FOUND(404),
    VIEW_LOST(409),
    SCRATCH_FULL(507),
    TARGET_NOT_FOUND(404),
    TARGET_FILL_FAILED(502),
    TARGET_FILL_STALLED(504),
    NBD_ERROR(502, true),

    // ----- vaults and points
    VAULT_NOT_FOUND(404),
    VAULT_EXISTS(409),
    VAULT_IN_USE(409),
    VAULT_NOT_READY(409, true),
    VAULT_URL_INVALID(400),
    VAULT_UNREACHABLE(503, true),
    VAULT_DENIED(409),
    VAULT_WRONG_PASSPHRASE(409),
    VAULT_NO_BUCKET(409),
    VAULT_NOT_A_VAULT(409),
    VAULT_IS_ANOTHER(409),
    VAULT_UNSUPPORTED_FORMAT(409),
    VAULT_FULL(507),
    VAULT_CORRUPT(500),
    VAULT_CHAIN_BROKEN(409),
    POINT_NOT_FOUND(404),
    POINT_DAMAGED(409),
    KIND_UNSUPPORTED(400),
    CONSISTENCY_UNSUPPORTED(400),

    // ----- jobs
    JOB_NOT_FOUND(404),
    JOB_ENDED(409),
    JOB_CANCELLED(409),
    JOB_ATTEMPTS_EXHAUSTED(500),
    LEASE_LOST(409),
    FENCED(409),

    // ----- the rest
    UNAVAILABLE(503, true),
    DEADLINE_EXCEEDED(504, true),
    OUTCOME_UNKNOWN(500, true),
    INTERNAL(500);

    private final int status;
    private final boolean retryable;

    ErrorCode(int status) {
        this(status, false);
    }

    ErrorCode(int status, boolean retryable) {
        this.status = status;
        this.retryable = retryable;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed later, unchanged. */
    public boolean retryable() {
        return retryable;
    }

    /** The wire form, {@code vm-not-found}. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** The code of a wire form; {@link #INTERNAL} for one that this version does not know. */
    public static ErrorCode ofWire(String wire) {
        for (ErrorCode code : values()) {
            if (code.wire().equals(wire)) {
                return code;
            }
        }
        return INTERNAL;
    }
}
