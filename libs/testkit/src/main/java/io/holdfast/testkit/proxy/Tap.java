package io.holdfast.testkit.proxy;

/** Hears what clients send through a {@link HoldingProxy}, before a hold stops it. Called by several threads. */
@FunctionalInterface
public interface Tap {

    /** A connection was made; its listener is called by one thread. */
    Listener connected();

    /** One connection's. */
    @FunctionalInterface
    interface Listener {
        /** The next bytes from the client, in no particular portions. */
        void sent(byte[] bytes);
    }
}
