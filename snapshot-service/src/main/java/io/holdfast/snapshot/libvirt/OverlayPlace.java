package io.holdfast.snapshot.libvirt;

/** Where a disk's overlay can lie. A folder of devices is no place for files. */
enum OverlayPlace {
    /** In the folder of the disk's file. */
    BESIDE,
    SCRATCH_POOL,
    NONE;

    /**
     * @param diskType as the domain has it
     * @param volumeType the volume's, of a disk that is given as one: its path alone does not say what it is; else empty
     */
    static OverlayPlace of(String diskType, String volumeType) {
        return switch (diskType) {
            case "file" -> BESIDE;
            case "block" -> SCRATCH_POOL;
            case "volume" ->
                switch (volumeType) {
                    case "file" -> BESIDE;
                    case "block" -> SCRATCH_POOL;
                    default -> NONE;
                };
            default -> NONE;
        };
    }
}
