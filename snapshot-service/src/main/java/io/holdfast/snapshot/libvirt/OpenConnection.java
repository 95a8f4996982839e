package io.holdfast.snapshot.libvirt;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.holdfast.api.source.SourceCredentials;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/** A connection, with the calls that the binding lacks. */
final class OpenConnection extends Connect {

    private static final int PAUSED = 3;
    private static final int REASON_IO_ERROR = 5;

    private OpenConnection(String uri) throws LibvirtException {
        super(uri);
    }

    private OpenConnection(String uri, SourceAuth auth) throws LibvirtException {
        super(uri, auth, 0);
    }

    static OpenConnection open(String uri, @Nullable SourceCredentials credentials) throws LibvirtException {
        return credentials == null ? new OpenConnection(uri) : new OpenConnection(uri, new SourceAuth(credentials));
    }

    /** Whether a domain stands still because of an I/O error, which out of space is one of. */
    boolean pausedByIoError(String uuid) {
        Pointer domain = LibvirtLibrary.more().virDomainLookupByUUIDString(vcp.getPointer(), uuid);
        if (domain == null) {
            return false;
        }
        try {
            IntByReference state = new IntByReference();
            IntByReference reason = new IntByReference();
            int result = LibvirtLibrary.more().virDomainGetState(domain, state, reason, 0);
            return result == 0 && state.getValue() == PAUSED && reason.getValue() == REASON_IO_ERROR;
        } finally {
            LibvirtLibrary.more().virDomainFree(domain);
        }
    }
}
