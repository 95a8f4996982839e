package io.holdfast.vault.collect;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.write.VaultParts;
import java.util.List;
import java.util.stream.Stream;

/** Deletes objects that do not count any more: removed records, and what sessions left. May be repeated. */
final class ChainSweep {

    private final VaultParts vault;

    ChainSweep(VaultParts vault) {
        this.vault = vault;
    }

    /**
     * Deletes the removed records of a VM that no session may still meet: a writer whose session began below a number may be about to
     * put there, and must find what was there, or find its session gone.
     *
     * @param free the highest number that may be freed: the lowest head of the VM's sessions that are left
     */
    void chain(String vm, long free) {
        String name = vault.keys().name("vm", vm);
        for (long sequence : vault.log().fallen(vm)) {
            // What nobody with our keys wrote is not ours to delete.
            if (sequence <= free && vault.log().read(vm, sequence) instanceof Slot.Linked) {
                vault.store().delete(Keys.point(name, sequence));
            }
        }
    }

    /** Deletes a session after its journals and beats: while it is there they may be gone on from. */
    void session(ObjectKey key) {
        Keys.sessionId(key).ifPresent(this::trail);
        vault.store().delete(key);
    }

    /** Deletes journals and beats of a session. */
    void trail(String id) {
        ObjectStore store = vault.store();
        keys(Keys.journals(id)).forEach(store::delete);
        keys(Keys.beats(id)).forEach(store::delete);
    }

    private List<ObjectKey> keys(String prefix) {
        try (Stream<ObjectInfo> listed = vault.store().list(prefix)) {
            return listed.map(ObjectInfo::key).toList();
        }
    }
}
