package io.holdfast.vault;

/** What opens a vault: the secret of one of its key slots. Wiped by {@link #close()}, never printed. */
public sealed interface VaultSecret extends AutoCloseable permits Passphrase, KeyFile {

    /** A copy of its bytes, for the caller to wipe. */
    byte[] bytes();

    @Override
    void close();
}
