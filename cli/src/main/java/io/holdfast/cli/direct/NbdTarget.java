package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import java.nio.ByteBuffer;

/** An NBD export of at least the disk's size, whatever is in it: all of the disk is written, its zeros too. */
final class NbdTarget implements DiskTarget {

    private final String place;
    private final NbdClient client;

    private NbdTarget(String place, NbdClient client) {
        this.place = place;
        this.client = client;
    }

    /** Connects. Errors: {@code nbd-error}, {@code disk-unsupported} for an export that is too small or read-only. */
    static NbdTarget open(String place, long size) {
        NbdUri uri = NbdUri.parse(place);
        NbdTarget target;
        try {
            target = new NbdTarget(place, NbdClient.connect(uri.address(), uri.export(), NbdClientOptions.defaults()));
        } catch (NbdException e) {
            throw failed(place, e);
        }
        String why = target.client.readOnly()
                ? " is read-only."
                : target.client.size() < size
                        ? " has " + target.client.size() + " bytes and the disk " + size + "."
                        : "";
        if (!why.isEmpty()) {
            target.close();
            throw new ApiException(ErrorCode.DISK_UNSUPPORTED, place + why);
        }
        return target;
    }

    @Override
    public boolean isFresh() {
        return false;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) {
        try {
            client.write(offset, bytes);
        } catch (NbdException e) {
            throw failed(place, e);
        }
    }

    @Override
    public void zero(long offset, int length) {
        try {
            client.zero(offset, length);
        } catch (NbdException e) {
            throw failed(place, e);
        }
    }

    @Override
    public void sync() {
        try {
            client.flush();
        } catch (NbdException e) {
            throw failed(place, e);
        }
    }

    @Override
    public void appear() {
        // It has its name.
    }

    private static ApiException failed(String place, NbdException e) {
        return new ApiException(ErrorCode.NBD_ERROR, place + ": " + e.getMessage() + ".", e);
    }

    @Override
    public void close() {
        client.close();
    }
}
