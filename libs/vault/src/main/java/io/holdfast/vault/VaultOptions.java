package io.holdfast.vault;

/**
 * How a vault is created.
 *
 * @param argonMemoryKib memory of the passphrase's key derivation in KiB, 8192 to 262144
 * @param argonIterations its iterations, 1 to 16
 * @param argonLanes its lanes, 1 to 8
 */
public record VaultOptions(int argonMemoryKib, int argonIterations, int argonLanes) {

    public VaultOptions {
        if (!allowed(argonMemoryKib, argonIterations, argonLanes)) {
            throw new IllegalArgumentException("key derivation parameters out of bounds");
        }
    }

    /** 64 MiB, 3 iterations, 1 lane: about half a second. */
    public static VaultOptions defaults() {
        return new VaultOptions(64 << 10, 3, 1);
    }

    /** Whether a reader may compute with these at all: a key slot comes from outside. */
    public static boolean allowed(int memoryKib, int iterations, int lanes) {
        return memoryKib >= 8 << 10
                && memoryKib <= 256 << 10
                && iterations >= 1
                && iterations <= 16
                && lanes >= 1
                && lanes <= 8;
    }
}
