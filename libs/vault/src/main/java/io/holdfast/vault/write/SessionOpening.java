package io.holdfast.vault.write;

import io.holdfast.storage.ObjectKey;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.SessionRecord;
import java.util.Optional;

/**
 * What the vault knew of a job when an attempt began.
 *
 * @param head the newest manifest of the VM
 * @param committed the manifest that an earlier attempt of the job committed
 * @param repeated whether an earlier attempt began
 * @param storedBytes bytes that this opening stored
 */
record SessionOpening(Optional<ChainHead> head, Optional<PointManifest> committed, boolean repeated, long storedBytes) {

    static SessionOpening of(VaultParts vault, BackupIntent intent) {
        Optional<ChainHead> head = vault.log().newest(intent.vm()).map(PointManifest::head);
        long sequence = head.map(ChainHead::sequence).orElse(0L);
        ObjectKey key = Keys.session(vault.keys().name("session", intent.vm(), intent.job()));
        byte[] body = new SessionRecord(
                        intent.vm(),
                        intent.job(),
                        intent.point(),
                        sequence,
                        vault.options().clock().instant())
                .encode();
        byte[] object = Sealed.SESSION.seal(vault.keys(), vault.random(), key, body);
        if (WriteOnce.put(vault.store(), key, object)) {
            return new SessionOpening(head, Optional.empty(), false, object.length);
        }
        Optional<PointManifest> committed = vault.log().ofJob(intent.vm(), intent.job(), firstHead(vault, key, intent));
        return new SessionOpening(head, committed, true, 0);
    }

    /** The head when the job first began; 0, so that all manifests are looked at, when that cannot be read. */
    private static long firstHead(VaultParts vault, ObjectKey key, BackupIntent intent) {
        try {
            return WriteOnce.read(vault.store(), key, 1 << 20)
                    .map(object -> SessionRecord.decode(Sealed.SESSION.open(vault.keys(), key, object)))
                    .filter(session -> session.job().equals(intent.job()))
                    .map(SessionRecord::head)
                    .orElse(0L);
        } catch (FormatException e) {
            return 0;
        }
    }
}
