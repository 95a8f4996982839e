package io.holdfast.vault.write;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.chain.PointLog;
import io.holdfast.vault.crypto.KeyRing;
import java.security.SecureRandom;

/** What a session needs of an open vault. */
public record VaultParts(
        ObjectStore store, KeyRing keys, SecureRandom random, PointLog log, CpuPool cpu, EngineOptions options) {}
