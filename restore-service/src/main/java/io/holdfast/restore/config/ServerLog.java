package io.holdfast.restore.config;

import io.holdfast.nbd.NbdServer;
import org.jboss.logging.Logger;

/** What the NBD server tells, in the log. No export name is ever in it. */
final class ServerLog implements NbdServer.Listener {

    private static final Logger LOG = Logger.getLogger(ServerLog.class);

    @Override
    public void connectionFailed(Throwable cause) {
        LOG.infof("an NBD connection ended: %s", cause.getMessage());
    }

    @Override
    public void exportRefused(Exception cause) {
        LOG.warnf("an NBD export was refused: %s", cause.getMessage());
    }

    @Override
    public void requestFailed(long offset, long length, Throwable cause) {
        LOG.errorf("an NBD read failed: %s", cause.getMessage());
    }
}
