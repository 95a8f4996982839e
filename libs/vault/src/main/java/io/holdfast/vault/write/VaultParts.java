package io.holdfast.vault.write;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.chain.Appender;
import io.holdfast.vault.chain.PointLog;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.session.Generations;
import io.holdfast.vault.session.Sessions;
import java.security.SecureRandom;

/** What the parts of an open vault share. */
public record VaultParts(
        ObjectStore store,
        KeyRing keys,
        SecureRandom random,
        PointLog log,
        Appender appender,
        Sessions sessions,
        Generations generations,
        CpuPool cpu,
        EngineOptions options) {

    public static VaultParts of(ObjectStore store, KeyRing keys, EngineOptions options) {
        SecureRandom random = new SecureRandom();
        PointLog log = new PointLog(store, keys);
        return new VaultParts(
                store,
                keys,
                random,
                log,
                new Appender(store, keys, random, log),
                new Sessions(store, keys, random),
                new Generations(store, keys, random),
                new CpuPool(options.cpuThreads()),
                options);
    }
}
