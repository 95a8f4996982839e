package io.holdfast.vault.pack;

import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.VaultException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether packs can be used: each is there and its directory authenticates. */
public final class PackCheck {

    private PackCheck() {}

    /**
     * What is wrong with one of the packs that cannot be used; empty when all can.
     *
     * @throws io.holdfast.storage.StorageException when the store failed; CANCELLED when the thread was interrupted
     */
    public static Optional<VaultException> firstDamage(FrameStore frames, List<PackUse> packs) {
        AtomicReference<@Nullable VaultException> damage = new AtomicReference<>();
        AtOnce.each(packs.size(), index -> {
            try {
                frames.check(packs.get((int) index));
                return true;
            } catch (VaultException e) {
                damage.compareAndSet(null, e);
                return false;
            }
        });
        return Optional.ofNullable(damage.get());
    }
}
