package io.holdfast.vault.access;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;

/**
 * What a failure of a vault or its store means to people, and to the catalog, which decides on another attempt.
 *
 * @param damage what it is called that an object is missing or damaged
 */
public record Failures(ErrorCode damage) {

    /** Of somebody who writes to a vault or looks through it. */
    public static final Failures OF_VAULT = new Failures(ErrorCode.VAULT_CORRUPT);

    /** Of somebody who reads one restore point. */
    public static final Failures OF_POINT = new Failures(ErrorCode.POINT_DAMAGED);

    /** The failure of a vault. */
    public ApiException of(VaultException e) {
        ErrorCode code = switch (e.kind()) {
            case WRONG_PASSPHRASE -> ErrorCode.VAULT_WRONG_PASSPHRASE;
            case NOT_A_VAULT, EXISTS -> ErrorCode.VAULT_NOT_A_VAULT;
            case UNSUPPORTED -> ErrorCode.VAULT_UNSUPPORTED_FORMAT;
            case CORRUPT, MISSING, FOREIGN_OBJECT, BASE_NOT_USABLE -> damage;
            case CONFLICT, FENCED -> ErrorCode.UNAVAILABLE;
            case OUTCOME_UNKNOWN -> ErrorCode.OUTCOME_UNKNOWN;
            case SOURCE_FAILED -> ErrorCode.NBD_ERROR;
        };
        return new ApiException(code, sentence(e), e);
    }

    /** The failure of the store below a vault. */
    public ApiException of(StorageException e) {
        ErrorCode code = switch (e.kind()) {
            case NO_SUCH_STORE -> ErrorCode.VAULT_NO_BUCKET;
            case DENIED -> ErrorCode.VAULT_DENIED;
            case FULL -> ErrorCode.VAULT_FULL;
            case NOT_FOUND, RANGE, TOO_LARGE -> damage;
            case CORRUPT_REPLY, UNAVAILABLE, NOT_TAKEN, OTHER, CANCELLED -> ErrorCode.VAULT_UNREACHABLE;
        };
        return new ApiException(code, sentence(e), e);
    }

    /** The failure of either, or of something else. */
    public ApiException of(RuntimeException e) {
        return switch (e) {
            case ApiException known -> known;
            case VaultException vault -> of(vault);
            case StorageException store -> of(store);
            default -> new ApiException(ErrorCode.INTERNAL, "Something went wrong with the vault.", e);
        };
    }

    private static String sentence(RuntimeException e) {
        String message = e.getMessage();
        return message == null ? "The vault failed." : message;
    }
}
