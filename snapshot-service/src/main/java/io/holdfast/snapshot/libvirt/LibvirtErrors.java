package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** libvirt's errors as ours. */
final class LibvirtErrors {

    private static final int MAX_MESSAGE = 400;

    private LibvirtErrors() {}

    static boolean is(LibvirtException e, ErrorNumber number) {
        return e.getError() != null && e.getError().getCode() == number;
    }

    static RuntimeException translate(String what, @Nullable Throwable cause) {
        return switch (cause) {
            case LibvirtException e -> translate(what, e);
            case RuntimeException e -> e;
            case UnsatisfiedLinkError e ->
                new ApiException(ErrorCode.SOURCE_UNREACHABLE, "The libvirt library is not installed here.", e);
            case null, default -> new ApiException(ErrorCode.HYPERVISOR_ERROR, "Could not " + what + ".", cause);
        };
    }

    private static ApiException translate(String what, LibvirtException e) {
        String said = e.getMessage() == null ? "no reason given" : e.getMessage();
        String message = said.substring(0, Math.min(said.length(), MAX_MESSAGE));
        ErrorNumber number = e.getError() == null
                ? ErrorNumber.VIR_ERR_UNKNOWN
                : e.getError().getCode();
        return new ApiException(code(number, message), "libvirt could not " + what + ": " + message, e);
    }

    private static ErrorCode code(ErrorNumber number, String message) {
        return switch (number) {
            case VIR_ERR_NO_DOMAIN -> ErrorCode.VM_NOT_FOUND;
            case VIR_ERR_DOM_EXIST -> ErrorCode.VM_NAME_EXISTS;
            case VIR_ERR_NO_STORAGE_POOL -> ErrorCode.POOL_NOT_FOUND;
            case VIR_ERR_NO_NETWORK -> ErrorCode.NETWORK_NOT_FOUND;
            case VIR_ERR_OPERATION_TIMEOUT -> ErrorCode.HYPERVISOR_TIMEOUT;
            case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC, VIR_ERR_AUTH_FAILED, VIR_ERR_SSH ->
                ErrorCode.SOURCE_UNREACHABLE;
            default ->
                message.contains("client socket is closed")
                                || message.contains("keepalive timeout")
                                || message.contains("Failed to connect socket")
                        ? ErrorCode.SOURCE_UNREACHABLE
                        : ErrorCode.HYPERVISOR_ERROR;
        };
    }
}
