package io.holdfast.vault;

import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.pack.FrameStore;

/**
 * Readers of one vault's points that share one cache of opened frames: what they keep is bounded, however many there are.
 * Thread-safe; usable while the vault is open.
 */
public final class PointReaders {

    private final FrameStore frames;
    private final KeyRing keys;

    PointReaders(FrameStore frames, KeyRing keys) {
        this.frames = frames;
        this.keys = keys;
    }

    /** A reader of a point. */
    public PointReader open(PointManifest point) {
        return new PointReader(point, frames, keys);
    }
}
