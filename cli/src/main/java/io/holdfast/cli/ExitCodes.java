package io.holdfast.cli;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.problem.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a script is told. Stable: users rely on them. */
public final class ExitCodes {

    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOT_FOUND = 3;
    public static final int REFUSED = 4;
    public static final int UNKNOWN = 5;
    /** As shells say it: ended by SIGINT. */
    public static final int INTERRUPTED = 130;

    /** For the help texts. */
    public static Map<String, String> described() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "done");
        codes.put("1", "failed");
        codes.put("2", "usage: the command line or a value in it is wrong");
        codes.put("3", "not found");
        codes.put("4", "refused by a rule");
        codes.put("5", "outcome unknown: the connection was lost, or --timeout ended the wait");
        codes.put("130", "interrupted; jobs go on");
        return codes;
    }

    /** For the help texts of verbs that work on a vault by themselves. */
    public static Map<String, String> describedOfDirect() {
        Map<String, String> codes = described();
        codes.put("5", "outcome unknown: the store did not say whether it has what was put");
        codes.put(
                "130",
                "interrupted by Ctrl-C (143 by SIGTERM); every point is as it was, and the same command may be repeated");
        return codes;
    }

    /** Of a request that was answered with this code. */
    public static int of(ErrorCode code) {
        return switch (code) {
            case OUTCOME_UNKNOWN -> UNKNOWN;
            case INVALID_REQUEST, VM_NAME_INVALID, VAULT_URL_INVALID, SOURCE_SCHEME_UNSUPPORTED, BODY_TOO_LARGE ->
                USAGE;
            case UNAUTHENTICATED,
                    FORBIDDEN,
                    KIND_UNSUPPORTED,
                    CONSISTENCY_UNSUPPORTED,
                    NOT_IMPLEMENTED,
                    IDEMPOTENCY_KEY_REUSED -> REFUSED;
            // A 409 that tells what went wrong while it was tried, and no rule.
            case SOURCE_CHECK_FAILED,
                    VIEW_LOST,
                    LEASE_LOST,
                    FENCED,
                    JOB_CANCELLED,
                    POINT_DAMAGED,
                    VAULT_CHAIN_BROKEN,
                    VAULT_DENIED,
                    VAULT_WRONG_PASSPHRASE,
                    VAULT_NO_BUCKET -> FAILED;
            default ->
                switch (code.status()) {
                    case 404 -> NOT_FOUND;
                    case 409 -> REFUSED;
                    default -> FAILED;
                };
        };
    }

    /** Of a job, as it ended or was last seen. */
    public static int of(JobInfo job) {
        return switch (job.state()) {
            case SUCCEEDED -> DONE;
            case CANCELLED -> FAILED;
            case QUEUED, RUNNING -> UNKNOWN;
            case FAILED -> ofFailed(job);
        };
    }

    private static int ofFailed(JobInfo job) {
        String code = job.errorCode();
        int meaning = code == null ? FAILED : of(ErrorCode.ofWire(code));
        // The command line was right: a job was made of it.
        return meaning == USAGE ? REFUSED : meaning;
    }

    private ExitCodes() {}
}
