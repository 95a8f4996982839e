package io.holdfast.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.cli.Samples;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveProgressTest {

    private static final UUID FIRST = new UUID(1, 1);
    private static final UUID SECOND = new UUID(2, 2);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final ProgressView view = new LiveProgress(new PrintStream(written, true, StandardCharsets.UTF_8), 60);

    @Test
    void whatIsSaidBetweenJobsStaysInItsPlaceAndEndedJobsStayAboveIt() {
        view.say("booting");
        run("backup 1", FIRST);
        view.say("one is checked");
        run("backup 2", SECOND);
        view.say("two is checked");

        List<String> seen = screen(24).lines();
        assertThat(seen).hasSize(5);
        assertThat(seen.get(0)).isEqualTo("booting");
        assertThat(seen.get(1)).startsWith("backup 1").contains("succeeded");
        assertThat(seen.get(2)).isEqualTo("one is checked");
        assertThat(seen.get(3)).startsWith("backup 2").contains("succeeded");
        assertThat(seen.get(4)).isEqualTo("two is checked");
    }

    @Test
    void whatIsSaidWhileJobsRunAppearsAboveThem() {
        view.update("web1", Samples.running(FIRST, "read", 1, 10));
        view.update("db1", Samples.running(SECOND, "read", 2, 10));
        view.say("a word");
        view.update("web1", Samples.running(FIRST, "read", 9, 10));

        List<String> seen = screen(24).lines();
        assertThat(seen).hasSize(3);
        assertThat(seen.get(0)).isEqualTo("a word");
        assertThat(seen.get(1)).startsWith("web1").contains("90%");
        assertThat(seen.get(2)).startsWith("db1 ").contains("20%");
    }

    @Test
    void aStoryLongerThanTheTerminalLosesNothing() {
        for (int i = 0; i < 30; i++) {
            run("job " + i, new UUID(7, i));
            view.say("said after " + i + " " + "and more ".repeat(8));
        }

        List<String> seen = screen(10).lines();
        for (int i = 0; i < 30; i++) {
            String job = "job " + i + " ";
            assertThat(seen).filteredOn(line -> line.startsWith(job)).hasSize(1);
            String said = "said after " + i + " ";
            assertThat(seen).filteredOn(line -> line.startsWith(said)).hasSize(1);
        }
    }

    @Test
    void aJobThatIsToldOfAgainAfterItsEndIsNotShownTwice() {
        run("backup", FIRST);
        view.update("backup", Samples.job(FIRST, JobKind.BACKUP, JobState.SUCCEEDED));

        assertThat(screen(24).lines()).hasSize(1);
    }

    private void run(String label, UUID job) {
        view.update(label, Samples.job(job, JobKind.BACKUP, JobState.QUEUED));
        view.update(label, Samples.running(job, "read", 5, 10));
        view.update(label, Samples.running(job, "read", 8, 10));
        view.update(label, Samples.job(job, JobKind.BACKUP, JobState.SUCCEEDED));
    }

    private Screen screen(int rows) {
        return new Screen(rows, 60).show(written);
    }
}
