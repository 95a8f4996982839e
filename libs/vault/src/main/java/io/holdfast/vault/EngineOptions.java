package io.holdfast.vault;

import java.time.InstantSource;

/**
 * How the engine of an open vault works. Bytes in flight of one session are at most about {@code (window × 3 × 256 KiB) +
 * (putThreads + 1) × packBytes}, its caches for the base come on top with {@code cacheBytes}.
 *
 * @param packBytes size at which a pack is closed, 512 KiB to 32 MiB
 * @param journalBytes stored bytes after which a journal object is written
 * @param window spans of 256 KiB read ahead, and frames being compressed, 2 to 256
 * @param cpuThreads threads that hash and compress, 1 to 256
 * @param putThreads packs that are put at once, 1 to 16
 * @param cacheBytes bytes of opened frames that a reader keeps, or readers that share them keep together, at least 1 MiB
 * @param clock tells when a point was committed
 */
public record EngineOptions(
        int packBytes,
        long journalBytes,
        int window,
        int cpuThreads,
        int putThreads,
        long cacheBytes,
        InstantSource clock) {

    public EngineOptions {
        within("packBytes", packBytes, 512 << 10, 32 << 20);
        within("window", window, 2, 256);
        within("cpuThreads", cpuThreads, 1, 256);
        within("putThreads", putThreads, 1, 16);
        within("cacheBytes", cacheBytes, 1 << 20, Long.MAX_VALUE);
    }

    /** Packs of 16 MiB, a journal every 64 MiB, as many CPU threads as cores, 2 puts at once, 16 MiB of cache. */
    public static EngineOptions defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new EngineOptions(16 << 20, 64 << 20, 16, cores, 2, 16 << 20, InstantSource.system());
    }

    private static void within(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is not within " + least + " to " + most);
        }
    }
}
