package io.holdfast.worker.nbd;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.nbd.NbdAddress;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdTls;
import io.holdfast.vault.access.NbdDiskSource;
import io.holdfast.worker.app.DiskConnector;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Connects to the NBD endpoints of a frozen view. */
public final class NbdDisks implements DiskConnector {

    private final Optional<NbdTls> tls;

    /** {@code tlsDirectory} holds the PEM files for endpoints over TCP; without it those are refused. */
    public NbdDisks(Optional<Path> tlsDirectory) {
        this.tls = tlsDirectory.map(NbdTls::new);
    }

    @Override
    public Disk connect(ViewDisk disk) {
        var what = new NbdDiskSource.What(
                disk.key(), disk.format(), disk.changedContext(), disk.base(), disk.fullReason());
        try {
            NbdClient client = NbdClient.connect(address(disk), disk.endpoint().exportName(), what.options());
            return checked(disk, what, client);
        } catch (NbdException | IllegalArgumentException e) {
            throw failed(disk, String.valueOf(e.getMessage()), e);
        }
    }

    private static final class ViewedDisk extends NbdDiskSource implements Disk {
        ViewedDisk(What what, NbdClient client) {
            super(what, client);
        }
    }

    private static Disk checked(ViewDisk disk, NbdDiskSource.What what, NbdClient client) {
        if (client.size() == disk.virtualBytes()) {
            return new ViewedDisk(what, client);
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
