package io.holdfast.systemtests.kill;

import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.testkit.proxy.Hold.Side;
import io.holdfast.vault.format.Keys;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every arrow of a backup and of a restore. The calls come from the JAX-RS interfaces, the steps from snapshot-service's
 * compiled domain, the objects from the vault's key names: what is new there and not decided upon here fails
 * {@link #undecided()}.
 */
final class Arrows {

    /** A message, before it is said who dies. {@code slow} as in {@link Arrow}. */
    record Message(Operation operation, String name, Link link, String pattern, boolean answer, boolean slow) {}

    /** How a step is seen on the wire, or why it is not part of an undisturbed run. */
    private sealed interface Trace {
        record Seen(Operation operation, Link link, String pattern) implements Trace {}

        record Not(String why) implements Trace {}
    }

    private static final Map<String, List<Link>> CALLS = Map.ofEntries(
            Map.entry("lease", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            Map.entry("heartbeat", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            Map.entry("end", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            // The restore-service keeps a vault open for a while: it asks again only after a restart.
            Map.entry("vaultAccess", List.of(Link.WORKER_CATALOG)),
            Map.entry("openView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("renewView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("observeView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("settleView", List.of(Link.CATALOG_SNAPSHOT)),
            Map.entry("source", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("openTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("fillTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("target", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("renewTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("finishTarget", List.of(Link.RESTORE_SNAPSHOT)),
            // For people, through the catalog; and what follows a failure.
            Map.entry("sources", List.of()),
            Map.entry("addSource", List.of()),
            Map.entry("removeSource", List.of()),
            Map.entry("vms", List.of()),
            Map.entry("vm", List.of()),
            Map.entry("snapshots", List.of()),
            Map.entry("view", List.of()),
            Map.entry("abortTarget", List.of()),
            Map.entry("settleTarget", List.of()),
            Map.entry("forgetVault", List.of()),
            Map.entry("leftovers", List.of()));

    private static final List<String> SLOW = List.of("heartbeat", "renewView", "renewTarget");

    private static final Map<String, Trace> STEPS = Map.ofEntries(
            libvirt("ReserveScratch", "holdfast.scratch."),
            database("ChooseBases", "\"chosen\":true"),
            libvirt("Begin", "<domainbackup"),
            not("Adopt", "what follows a kill after Begin"),
            not("Ready", "changes nothing; openView's reply"),
            not("Lost", "what follows a lost moment"),
            not("Refuse", "changes nothing"),
            not("Wake", "only for a VM that is off"),
            not("NoteStart", "what follows a kill after Wake"),
            not("MarkFull", "only when scratch is full"),
            not("Resume", "only when scratch is full"),
            not("StartHelper", "only for a VM with a managed save"),
            not("StopDomain", "follows Wake or StartHelper"),
            not("AbortJob", "begins when CLOSING is written"),
            not("DeleteScratch", "between CLOSING and CLOSED"),
            not("RemoveSocket", "over when CLOSED is written"),
            not("Done", "CLOSED is written"));

    private static final Map<String, Trace> PHASES = Map.ofEntries(
            database("OPENING", "\"phase\":\"OPENING\""),
            database("OPEN", "\"phase\":\"OPEN\""),
            database("CLOSING", "\"phase\":\"CLOSING\""),
            database("CLOSED", "\"phase\":\"CLOSED\""),
            not("FREEING", "only when nobody renews"),
            not("FREED", "only when nobody renews"));

    private static final Map<String, Trace> STATES = Map.ofEntries(
            target("PREPARED"),
            target("FILLING"),
            target("FILLED"),
            target("FINISHED"),
            not("FAILED", "only when a pull breaks"),
            not("ABORTED", "only when a restore ends badly"));

    /** The catalog's writes, by the beginning of their SQL. */
    private static final List<String> CATALOG = List.of(
            "update job set state = 'RUNNING'",
            "update job set state = $1, ended_at",
            "insert into restore_point",
            "insert into outbox",
            "set delivered_at = clock_timestamp()");

    private static final List<String> OBJECTS =
            List.of("sessions/", "journal/", Keys.pack("0".repeat(32)).value().replaceAll("0.*", ""), Keys.POINTS);

    private final SnapshotSteps snapshot;

    Arrows(SnapshotSteps snapshot) {
        this.snapshot = snapshot;
    }

    /** Calls, steps, phases and states of the code that nobody decided upon here, or that are gone from the code. */
    List<String> undecided() {
        List<String> found = new ArrayList<>();
        differ(calls().keySet().stream().toList(), CALLS.keySet().stream().toList(), found);
        differ(snapshot.steps(), STEPS.keySet().stream().toList(), found);
        differ(snapshot.phases(), PHASES.keySet().stream().toList(), found);
        differ(
                Arrays.stream(TargetInfo.State.values()).map(Enum::name).toList(),
                STATES.keySet().stream().toList(),
                found);
        return found;
    }

    private static void differ(List<String> code, List<String> here, List<String> into) {
        code.stream().filter(name -> !here.contains(name)).forEach(name -> into.add(name + " is new"));
        here.stream().filter(name -> !code.contains(name)).forEach(name -> into.add(name + " is gone"));
    }

    /** Every message that an undisturbed backup and restore are expected to send. */
    List<Message> messages() {
        List<Message> all = new ArrayList<>();
        calls().forEach((name, method) ->
                CALLS.getOrDefault(name, List.of()).forEach(link -> all.add(call(name, method, link))));
        for (Map<String, Trace> traces : List.of(STEPS, PHASES, STATES)) {
            new TreeMap<>(traces).forEach((name, trace) -> {
                if (trace instanceof Trace.Seen seen) {
                    all.add(new Message(seen.operation(), name, seen.link(), seen.pattern(), false, false));
                }
            });
        }
        all.add(database(Operation.RESTORE, "finishing", Link.SNAPSHOT_POSTGRES, "\"finishing\":true"));
        all.add(database(Operation.RESTORE, "a pull started", Link.SNAPSHOT_POSTGRES, "\"started\":true"));
        all.add(database(Operation.RESTORE, "a disk filled", Link.SNAPSHOT_POSTGRES, "\"filled\":true"));
        CATALOG.forEach(sql -> all.add(database(Operation.BACKUP, sql, Link.CATALOG_POSTGRES, sql)));
        OBJECTS.forEach(kind -> all.add(new Message(
                Operation.BACKUP, "PUT " + kind, Link.WORKER_OBJECTS, "PUT /holdfast/vault/" + kind, false, false)));
        return List.copyOf(all);
    }

    /** Each message with everybody who may die: the sender before and after it, the receiver after it. */
    List<Arrow> all() {
        List<Arrow> all = new ArrayList<>();
        for (Message m : messages()) {
            if (!m.answer()) {
                all.add(arrow(m, Side.REQUEST, m.link().from));
            }
            Side after = m.answer() ? Side.ANSWER : Side.REPLY;
            all.add(arrow(m, after, m.link().from));
            if (m.link().killsServer()) {
                all.add(arrow(m, after, m.link().to));
            }
        }
        return List.copyOf(all);
    }

    private static Arrow arrow(Message m, Side side, String victim) {
        return new Arrow(m.operation(), m.name(), m.link(), m.pattern(), side, victim, m.slow());
    }

    private static Map<String, Method> calls() {
        Map<String, Method> calls = new TreeMap<>();
        for (Class<?> api : List.of(RunnerApi.class, SnapshotServiceApi.class)) {
            for (Method method : api.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Path.class)) {
                    calls.put(method.getName(), method);
                }
            }
        }
        return calls;
    }

    private static Message call(String name, Method method, Link link) {
        Operation operation = link.name().startsWith("RESTORE") ? Operation.RESTORE : Operation.BACKUP;
        if (name.equals("lease")) {
            // Runners ask all the time; the arrow is the answer that brings a job.
            return new Message(operation, name, link, "\"spec\":", true, false);
        }
        String base = method.getDeclaringClass().getAnnotation(Path.class).value();
        String path = base + "/" + method.getAnnotation(Path.class).value();
        int brace = path.lastIndexOf('}');
        String verb = method.isAnnotationPresent(GET.class) ? "GET " : "POST ";
        String pattern = brace < 0
                ? verb + path + " HTTP/1.1"
                : brace == path.length() - 1
                        ? verb + path.substring(0, path.indexOf('{'))
                        : path.substring(brace + 1) + " HTTP/1.1";
        return new Message(operation, name, link, pattern, false, SLOW.contains(name));
    }

    private static Message database(Operation operation, String name, Link link, String pattern) {
        return new Message(operation, name, link, pattern, false, false);
    }

    private static Map.Entry<String, Trace> libvirt(String step, String pattern) {
        return Map.entry(step, new Trace.Seen(Operation.BACKUP, Link.SNAPSHOT_LIBVIRT, pattern));
    }

    private static Map.Entry<String, Trace> database(String step, String pattern) {
        return Map.entry(step, new Trace.Seen(Operation.BACKUP, Link.SNAPSHOT_POSTGRES, pattern));
    }

    private static Map.Entry<String, Trace> target(String state) {
        return Map.entry(
                state, new Trace.Seen(Operation.RESTORE, Link.SNAPSHOT_POSTGRES, "\"state\":\"" + state + "\""));
    }

    private static Map.Entry<String, Trace> not(String step, String why) {
        return Map.entry(step, new Trace.Not(why));
    }
}
