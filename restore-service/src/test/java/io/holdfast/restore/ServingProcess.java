package io.holdfast.restore;

import io.holdfast.restore.domain.TokenSeal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** A process that serves points and nothing else, for tests of what it needs; ends when its input does. */
final class ServingProcess {

    /** Arguments: the vault's folder, the socket. */
    public static void main(String[] arguments) throws IOException {
        var services = new ScriptedServices();
        services.onVaultAccess = id -> VaultOfTwoDisks.access(id, Path.of(arguments[0]));
        var seal = new TokenSeal(new byte[32], new SecureRandom());
        try (var replica =
                new Replica(services, seal, InstantSource.system(), Path.of(arguments[1]), Optional.empty())) {
            System.out.println("ready");
            byte[] rest = System.in.readAllBytes();
            System.out.write((new String(rest, StandardCharsets.UTF_8) + "served " + replica.ledger.bytesServed()
                            + " peak " + (peak() >> 20) + " MiB\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static long peak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(java.lang.management.MemoryUsage::getUsed)
                .sum();
    }

    private ServingProcess() {}
}
