package io.holdfast.nbd;

/** Finds an export by name. Called by many threads at once. */
@FunctionalInterface
public interface NbdExports {

    /**
     * A new export for one connection; the server closes it. May block within the handshake timeout. The name comes from
     * outside (up to 4,096 bytes of UTF-8): it may be a secret and must be checked before use.
     *
     * @throws NbdRefusedException when there is no such export for this peer; any other exception is a failure of ours
     */
    NbdExport open(String exportName) throws NbdRefusedException;
}
