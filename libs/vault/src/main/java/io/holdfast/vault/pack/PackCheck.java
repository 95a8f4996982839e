package io.holdfast.vault.pack;

import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.VaultException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether packs can be used: each is there and its directory authenticates. Looks once at each that can. Thread-safe. */
public final class PackCheck {

    private final FrameStore frames;
    private final Set<String> usable = ConcurrentHashMap.newKeySet();

    public PackCheck(FrameStore frames) {
        this.frames = frames;
    }

    /**
     * What is wrong with one of the packs that cannot be used; empty when all can.
     *
     * @throws io.holdfast.storage.StorageException when the store failed; CANCELLED when the thread was interrupted
     */
    public Optional<VaultException> firstDamage(List<PackUse> packs) {
        List<PackUse> unseen =
                packs.stream().filter(pack -> !usable.contains(pack.id())).toList();
        AtomicReference<@Nullable VaultException> damage = new AtomicReference<>();
        AtOnce.each(unseen.size(), index -> {
            PackUse pack = unseen.get((int) index);
            try {
                frames.check(pack);
                usable.add(pack.id());
                return true;
            } catch (VaultException e) {
                damage.compareAndSet(null, e);
                return false;
            }
        });
        return Optional.ofNullable(damage.get());
    }
}
