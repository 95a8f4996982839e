package io.holdfast.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Collects a {@link SyntheticVault}: {@code BLOCKS POINTS}. Prints what it took, and the most memory it ever had, in KiB. */
final class SyntheticCollection {

    public static void main(String[] arguments) throws IOException {
        ScriptedStore real = new ScriptedStore();
        try (Vault first = Vaults.create(real)) {
            SyntheticVault big = new SyntheticVault(
                    real, first.parts().keys(), Long.parseLong(arguments[0]), Integer.parseInt(arguments[1]));
            long begun = System.nanoTime();
            CollectReport report;
            try (Vault vault = Vault.open(big, Vaults.PASSPHRASE, Vaults.SMALL)) {
                report = vault.collect(CollectOptions.defaults());
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            long requests =
                    big.counts.values().stream().mapToInt(count -> count).sum();
            System.out.println("millis " + millis + " requests " + requests + " " + big.counts);
            System.out.println("points " + report.points() + " packs " + report.packs() + " deleted "
                    + big.deleted.size() + " of " + big.garbage() + " obstacles " + report.obstacles());
        }
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .forEach(line -> System.out.println("peak " + line.replaceAll("\\D", "")));
    }
}
