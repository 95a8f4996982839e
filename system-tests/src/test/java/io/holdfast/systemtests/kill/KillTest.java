package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.systemtests.history.LongestFirst;
import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.testkit.proxy.Hold;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * {@code kill -9} at every arrow of a backup and of a restore. {@code -Dholdfast.all=true} runs every arrow, else
 * {@code -Dholdfast.kills=} of them (15), chosen by {@code -Dholdfast.seed=}; {@code -Dholdfast.arrow=} runs those whose
 * description contains it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag(LongestFirst.LONGEST)
class KillTest {

    private final Arrows arrows = new Arrows(SnapshotSteps.of(SuiteUnderTest.ROOT));
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private SuiteUnderTest suite;
    private Story story;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        System.out.println("seed: -Dholdfast.seed=" + seed);
        suite = new SuiteUnderTest();
        story = new Story(suite, random);
    }

    @AfterAll
    void stop() throws IOException {
        if (suite != null) {
            suite.close();
        }
    }

    @Test
    @Order(1)
    void every_call_step_and_state_of_the_code_is_an_arrow_or_has_a_reason_not_to_be_one() {
        assertThat(arrows.undecided()).isEmpty();
    }

    @Test
    @Order(2)
    void every_arrow_occurs_undisturbed_and_whatever_changes_something_is_an_arrow()
            throws IOException, InterruptedException {
        story.manyCheckpoints();
        for (Operation operation : Operation.values()) {
            suite.awaitReady();
            suite.links().forgetRequests();
            Map<Message, Hold> watched = watched(operation);
            Hold fill = operation == Operation.RESTORE ? story.heldFillCall() : null;
            Hold commit = operation == Operation.BACKUP ? story.heldCommit() : null;
            story.run(operation, job -> paced(watched, fill == null ? commit : story.heldFill(fill)));
            assertThat(missed(watched))
                    .as("%s: what should have come", operation)
                    .isEmpty();
            for (Link link : Link.values()) {
                assertThat(arrows.unlisted(operation, link, suite.links().requests(link)))
                        .as("requests that change something")
                        .isEmpty();
            }
        }
    }

    private Map<Message, Hold> watched(Operation operation) {
        Map<Message, Hold> holds = new LinkedHashMap<>();
        for (Message m : arrows.messages()) {
            if (m.operation() == operation && !m.link().madeByTheOperation()) {
                Hold hold = suite.links().hold(m, m.answer() ? Hold.Side.ANSWER : Hold.Side.REQUEST);
                hold.release();
                holds.put(m, hold);
            }
        }
        return holds;
    }

    private static void paced(Map<Message, Hold> holds, @Nullable Hold pace) {
        if (pace == null) {
            return;
        }
        try {
            await("renewals")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> holds.entrySet().stream()
                            .allMatch(e -> !e.getKey().slow() || e.getValue().isReached()));
        } finally {
            pace.release();
        }
    }

    private static List<String> missed(Map<Message, Hold> holds) {
        return holds.entrySet().stream()
                .filter(e -> !e.getValue().isReached())
                .map(e -> e.getKey().name() + " on " + e.getKey().link())
                .toList();
    }

    @TestFactory
    @Order(3)
    Stream<DynamicTest> a_kill_at_an_arrow_is_survived() {
        List<Arrow> chosen = chosen();
        System.out.println(chosen.size() + " of " + arrows.all().size() + " arrows");
        return chosen.stream().map(arrow -> DynamicTest.dynamicTest(arrow.toString(), () -> told(arrow)));
    }

    /** Says live what is going on: all arrows take long. */
    private void told(Arrow arrow) throws IOException, InterruptedException {
        long started = System.nanoTime();
        String outcome = "FAILED";
        try {
            story.survives(arrow);
            outcome = "survived";
        } catch (IOException | RuntimeException | AssertionError e) {
            // What it left would fail the arrows after it too.
            anew();
            throw e;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            System.out.println(outcome + " in " + took.toSeconds() + " s: " + arrow);
        }
    }

    /** Another suite and another story. */
    private void anew() throws IOException, InterruptedException {
        suite.close();
        suite = new SuiteUnderTest();
        story = new Story(suite, random);
        story.backup(Story.Disturbance.NONE);
    }

    /** A sample takes one arrow of each victim in turn, and of each of its operations. */
    private List<Arrow> chosen() {
        String wanted = System.getProperty("holdfast.arrow");
        List<Arrow> all = new ArrayList<>(arrows.all());
        if (wanted != null) {
            return all.stream().filter(a -> a.toString().contains(wanted)).toList();
        }
        if (Boolean.getBoolean("holdfast.all")) {
            return all;
        }
        Collections.shuffle(all, random);
        Map<String, Integer> met = new HashMap<>();
        Map<Arrow, Integer> turn = new HashMap<>();
        all.forEach(a -> turn.put(a, met.merge(a.victim() + a.operation(), 1, Integer::sum)));
        // Backwards: they are taken from the end.
        all.sort(Comparator.comparing(turn::get, Comparator.reverseOrder()));
        Map<String, List<Arrow>> byVictim = new LinkedHashMap<>();
        all.forEach(a ->
                byVictim.computeIfAbsent(a.victim(), v -> new ArrayList<>()).add(a));
        List<Arrow> chosen = new ArrayList<>();
        int wantedCount = Math.min(all.size(), Integer.getInteger("holdfast.kills", 15));
        while (chosen.size() < wantedCount) {
            for (List<Arrow> of : byVictim.values()) {
                if (!of.isEmpty() && chosen.size() < wantedCount) {
                    chosen.add(of.removeLast());
                }
            }
        }
        return chosen;
    }

    @Test
    @Order(4)
    void every_point_restores_byte_for_byte_after_all_that() throws IOException, InterruptedException {
        story.restoreAll();
        VaultObjects.Packs packs = suite.vault().packs();
        assertThat(packs.missing()).isEmpty();
        System.out.println(packs.unreferenced() + " of " + packs.all() + " packs were written by attempts that died");
    }
}
