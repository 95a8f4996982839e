package io.holdfast.nbd.server;

/** Our own side failed: the client is told EIO, the listener is told why. */
final class ExportFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final Exception reason;

    ExportFailure(Exception reason) {
        super("the export failed", reason);
        this.reason = reason;
    }

    Exception reason() {
        return reason;
    }
}
