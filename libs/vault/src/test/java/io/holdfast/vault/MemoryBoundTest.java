package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Backups of large sparse disks in a JVM that would die if the engine kept what it should not. */
class MemoryBoundTest {

    private static final Pattern PEAK = Pattern.compile("peak (\\d+)");
    private static final Pattern STORED = Pattern.compile("stored (\\d+)");

    @Test
    void aSparseDiskOf64GibIsBackedUpInAHeapOf96Mib() throws Exception {
        run("-Xmx96m", 64L << 30, 192L << 20, 400);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true")
    void aDiskOf2TibWith8GibOfDataIsBackedUpWithin512Mib() throws Exception {
        run("-Xmx192m", 2L << 40, 8L << 30, 512);
    }

    private static void run(String heap, long size, long data, long mostMib) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        heap,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath,
                        SparseBackup.class.getName(),
                        Long.toString(size),
                        Long.toString(data)))
                .redirectErrorStream(true)
                .directory(new File(System.getProperty("java.io.tmpdir")))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(number(PEAK, output) >> 10).as("MiB resident at most").isLessThan(mostMib);
        assertThat(number(STORED, output)).as(output).isGreaterThan(data / 3);
    }

    private static long number(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
