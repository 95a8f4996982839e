package io.holdfast.local.guest;

import java.io.IOException;

/** The guest itself found damage on its disks, or died. */
public final class GuestFailedException extends IOException {
    private static final long serialVersionUID = 1;

    GuestFailedException(String message) {
        super(message);
    }
}
