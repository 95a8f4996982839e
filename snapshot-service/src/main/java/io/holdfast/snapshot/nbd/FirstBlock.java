package io.holdfast.snapshot.nbd;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.snapshot.app.BlockReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads through a unix socket. TLS endpoints are for workers, which have the certificates. */
public final class FirstBlock implements BlockReader {

    @Override
    public void readFirst(NbdEndpoint endpoint, int bytes) {
        if (!(endpoint instanceof NbdEndpoint.Unix unix)) {
            throw new ApiException(ErrorCode.NBD_ERROR, "A view over TLS takes a worker's certificate to read.");
        }
        var address = new NbdAddress.Unix(Path.of(unix.socket()));
        try (NbdClient client = NbdClient.connect(address, unix.exportName(), NbdClientOptions.defaults())) {
            client.read(0, ByteBuffer.allocate((int) Math.min(bytes, client.size())));
        } catch (NbdException e) {
            throw new ApiException(ErrorCode.NBD_ERROR, "The view cannot be read: " + e.getMessage(), e);
        }
    }
}
