package io.holdfast.vault;

import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.pack.FrameStore;
import io.holdfast.vault.read.DiskView;

/** Random reads of a restore point. Thread-safe; keeps opened frames up to the vault's cache size. */
public final class PointReader {

    private final PointManifest manifest;
    private final FrameStore frames;
    private final KeyRing keys;

    PointReader(PointManifest manifest, FrameStore frames, KeyRing keys) {
        this.manifest = manifest;
        this.frames = frames;
        this.keys = keys;
    }

    /** The point that is read. */
    public PointManifest manifest() {
        return manifest;
    }

    /** A reader of the disk with this key. */
    public DiskReader disk(String key) {
        PointManifest.Disk disk =
                manifest.disk(key).orElseThrow(() -> new IllegalArgumentException("the point has no disk " + key));
        return new DiskReader(new DiskView(frames, keys, disk));
    }
}
