package io.holdfast.snapshot.nbd;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.nbd.NbdRefusedException;
import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.snapshot.app.BlockServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One mebibyte that is the same everywhere, under a name that nobody guesses. */
public final class FewBytes implements BlockServer {

    private static final int BYTES = 1 << 20;
    private static final byte PATTERN = 0x5a;

    private final Path folder;
    private final String permissions;

    /** @param permissions of the socket, those of restore-service's */
    public FewBytes(Path folder, String permissions) {
        this.folder = folder;
        this.permissions = permissions;
    }

    @Override
    public Served serve(String socketName) {
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        String export = HexFormat.of().formatHex(secret);
        Path socket = folder.resolve(socketName).toAbsolutePath();
        AtomicLong read = new AtomicLong();
        try {
            NbdServer server = NbdServer.listen(
                    new NbdAddress.Unix(socket),
                    name -> {
                        if (!name.equals(export)) {
                            throw new NbdRefusedException("no such export");
                        }
                        return new Pattern(read);
                    },
                    NbdServerOptions.defaults().withSocketPermissions(permissions));
            return new Running(server, new NbdEndpoint.Unix(socket.toString(), export), read);
        } catch (NbdException e) {
            throw new ApiException(
                    ErrorCode.NBD_ERROR, "A socket cannot be made in " + folder + ": " + e.getMessage(), e);
        }
    }

    private record Running(NbdServer server, NbdEndpoint endpoint, AtomicLong read) implements Served {

        @Override
        public long bytes() {
            return BYTES;
        }

        @Override
        public long bytesRead() {
            return read.get();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private record Pattern(AtomicLong read) implements NbdExport {

        @Override
        public long size() {
            return BYTES;
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            read.addAndGet(target.remaining());
            while (target.hasRemaining()) {
                target.put(PATTERN);
            }
        }

        @Override
        public List<NbdExtent> allocation(long offset, long length) {
            return List.of(new NbdExtent(offset, BYTES - offset, 0));
        }

        @Override
        public void close() {}
    }
}
