package io.holdfast.worker.nbd;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdTls;
import io.holdfast.worker.app.DiskConnector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Connects to the NBD endpoints of a frozen view. */
public final class NbdDisks implements DiskConnector {

    /** One span of the vault's engine; more would be split by it. */
    static final int REQUEST_BYTES = 256 << 10;

    private static final int IN_FLIGHT = 8;

    private final Optional<NbdTls> tls;

    /** {@code tlsDirectory} holds the PEM files for endpoints over TCP; without it those are refused. */
    public NbdDisks(Optional<Path> tlsDirectory) {
        this.tls = tlsDirectory.map(NbdTls::new);
    }

    @Override
    public Disk connect(ViewDisk disk) {
        List<String> contexts = new ArrayList<>(List.of(NbdExport.ALLOCATION));
        if (disk.changedContext() != null) {
            contexts.add(disk.changedContext());
        }
        var options = NbdClientOptions.defaults()
                .withMetaContexts(contexts.toArray(String[]::new))
                .withMaxInFlight(IN_FLIGHT)
                .withMaxRequestBytes(REQUEST_BYTES);
        try {
            NbdClient client = NbdClient.connect(address(disk), disk.endpoint().exportName(), options);
            return checked(disk, client);
        } catch (NbdException | IllegalArgumentException e) {
            throw failed(disk, String.valueOf(e.getMessage()), e);
        }
    }

    private static Disk checked(ViewDisk disk, NbdClient client) {
        if (client.size() == disk.virtualBytes()) {
            return new NbdDisk(disk, client);
        }
        client.close();
        throw failed(disk, "it is served with " + client.size() + " bytes instead of " + disk.virtualBytes(), null);
    }

    private NbdAddress address(ViewDisk disk) {
        return switch (disk.endpoint()) {
            case NbdEndpoint.Unix unix -> new NbdAddress.Unix(Path.of(unix.socket()));
            case NbdEndpoint.Tls tcp ->
                new NbdAddress.Tls(
                        tcp.host(),
                        tcp.port(),
                        tls.orElseThrow(() -> failed(disk, "this worker has no TLS certificate", null)));
        };
    }

    private static ApiException failed(ViewDisk disk, String why, @Nullable Exception cause) {
        return new ApiException(ErrorCode.NBD_ERROR, "Disk " + disk.key() + " cannot be read: " + why + ".", cause);
    }
}
