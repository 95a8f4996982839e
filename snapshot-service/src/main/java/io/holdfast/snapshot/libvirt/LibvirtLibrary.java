package io.holdfast.snapshot.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;

/**
 * The native library of this process: one event loop thread, started before the first connection, without which neither
 * keepalive nor the noticing of a dead daemon works; and an error callback, without which the library prints to stderr.
 */
final class LibvirtLibrary {

    private static final Logger LOG = Logger.getLogger(LibvirtLibrary.class);
    // Held for the life of the process: the native side keeps a pointer to it.
    private static final Libvirt.VirErrorCallback SILENT = (data, error) -> {};
    private static boolean started;

    /** The few calls that the binding lacks. */
    interface More extends Library {
        @Nullable
        Pointer virDomainLookupByUUIDString(Pointer connection, String uuid);

        int virDomainGetState(Pointer domain, IntByReference state, IntByReference reason, int flags);

        int virDomainFree(Pointer domain);
    }

    /** Loaded at the first use only. */
    private static final class Calls {
        private static final More MORE = Native.load("virt", More.class);
    }

    private LibvirtLibrary() {}

    static More more() {
        return Calls.MORE;
    }

    static synchronized void start() throws LibvirtException {
        if (started) {
            return;
        }
        org.libvirt.Library.initEventLoop();
        Connect.setErrorCallback(SILENT);
        Thread.ofPlatform().name("libvirt-events").daemon().start(LibvirtLibrary::loop);
        started = true;
    }

    private static void loop() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                org.libvirt.Library.runEventLoop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (LibvirtException | RuntimeException e) {
                LOG.errorf(e, "the libvirt event loop failed and goes on");
            }
        }
    }
}
