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

/** Collections of large vaults, in processes whose memory is bounded. */
class CollectBoundTest {

    @Test
    void aThousandPointsOfTenMillionBlocks() throws Exception {
        collects("-Xmx96m", 10_000_000, 1000, 256);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true", disabledReason = "only with --all: a minute")
    void aHundredPointsOfABillionBlocksWithin512Mib() throws Exception {
        collects("-Xmx320m", 1_000_000_000, 100, 512);
    }

    private static void collects(String heap, long blocks, int points, long mostMib) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        heap,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        SyntheticCollection.class.getName(),
                        Long.toString(blocks),
                        Integer.toString(points)))
                .redirectErrorStream(true)
                .directory(new File(System.getProperty("java.io.tmpdir")))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        long packs = number("packs (\\d+)", output);
        assertThat(number("deleted (\\d+)", output)).as(output).isEqualTo(packs / 100);
        assertThat(number("requests (\\d+)", output)).as(output).isLessThan(3 * packs + 2L * points);
        assertThat(number("peak (\\d+)", output) >> 10)
                .as("MiB resident at most")
                .isLessThan(mostMib);
    }

    private static long number(String pattern, String output) {
        Matcher matcher = Pattern.compile(pattern).matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
