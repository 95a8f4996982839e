package io.holdfast.snapshot.app;

import io.holdfast.api.NbdEndpoint;

/** Serves a few bytes over NBD where a restore would serve a point: in the same folder, with the same permissions. */
public interface BlockServer {

    /** What is being served, until it is closed. */
    interface Served extends AutoCloseable {
        NbdEndpoint endpoint();

        long bytes();

        /** How many bytes were read so far. */
        long bytesRead();

        @Override
        void close();
    }

    /** Serves through a unix socket with this file name. Error: {@code nbd-error}. */
    Served serve(String socketName);
}
