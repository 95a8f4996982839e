package io.holdfast.vault.collect;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.chain.FenceRecord;
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

    /** Deletes the removed records of a VM, the sessions of removed points before them. */
    void chain(String vm) {
        String name = vault.keys().name("vm", vm);
        for (long sequence : vault.log().fallen(vm)) {
            boolean gone = switch (vault.log().read(vm, sequence)) {
                case Slot.Point point -> sessions(vm, point.manifest().job());
                case Slot.Fence fence -> isGone(fence.record());
                case Slot.Removal removal -> true;
                case Slot.Gap gap -> true;
                // What nobody with our keys wrote is not ours to delete.
                case Slot.Foreign foreign -> false;
                case Slot.Unreadable there -> false;
                case Slot.Absent absent -> false;
            };
            if (gone) {
                vault.store().delete(Keys.point(name, sequence));
            }
        }
    }

    /** Deletes all sessions of a job. */
    private boolean sessions(String vm, String job) {
        for (ObjectKey key : keys(Keys.sessions(vault.keys().name("session", vm, job)))) {
            session(key);
        }
        return true;
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

    /** A fence may go when its session's record has: a writer that finds neither knows that it is dead. */
    private boolean isGone(FenceRecord fence) {
        String id = fence.session().toString().replace("-", "");
        String name = vault.keys().name("session", fence.vm(), fence.job());
        return vault.store().head(Keys.session(name, id)).isEmpty();
    }

    private List<ObjectKey> keys(String prefix) {
        try (Stream<ObjectInfo> listed = vault.store().list(prefix)) {
            return listed.map(ObjectInfo::key).toList();
        }
    }
}
