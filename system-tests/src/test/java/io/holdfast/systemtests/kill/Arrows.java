package io.holdfast.systemtests.kill;

import io.holdfast.api.target.TargetInfo;
import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.systemtests.kill.Message.When;
import io.holdfast.testkit.proxy.Hold.Side;
import io.holdfast.vault.format.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Every arrow of a backup and of a restore. The calls come from the JAX-RS interfaces, the steps from snapshot-service's
 * compiled domain: what is new there and not decided upon here is found by {@link #undecided}. What changes something on the
 * wire of an undisturbed run and is none of them is found by {@link #unlisted}.
 */
final class Arrows {

    private static final String VAULT = "/holdfast/vault/";
    private static final Pattern WRITES =
            Pattern.compile("(?i)(insert into|update|delete from|merge into|truncate) .*");

    /** The catalog's writes of a backup and of a restore as a new VM, by the beginning of their SQL. */
    private static final List<String> BOTH = List.of("update job set state = 'RUNNING'", "update job set state = $1");

    private static final List<String> BACKUP = List.of(
            "insert into restore_point", "insert into outbox", "update outbox set delivered_at = clock_timestamp()");

    private static final String RENEWAL = "update job j set lease_expires_at";

    /** What changes something and is no arrow, and why. */
    private static final Map<String, String> NO_ARROWS = Map.ofEntries(
            Map.entry("insert into resource_lock", "one transaction with RUNNING"),
            Map.entry("insert into job_attempt", "one transaction with RUNNING"),
            Map.entry("delete from resource_lock", "one transaction with the job's end"),
            Map.entry("update job_attempt", "one transaction with the job's end"),
            Map.entry("update job set lease_expires_at", "one transaction with the heartbeat's other half"),
            Map.entry(
                    "update outbox set claim", "asks all the time; a claim ends by itself, the delivery is the arrow"),
            Map.entry("insert into ended_job", "one transaction with CLOSING or ABORTED"),
            Map.entry("delete from ended_job", "what is long past"),
            Map.entry("delete from restore_target", "what is long past"),
            Map.entry("insert into job (", "before there is a job; the client asks again with the same key"),
            Map.entry("insert into audit", "one transaction with what it is about"),
            Map.entry("update job set idempotency_key", "one transaction with the job's making"),
            Map.entry("POST /api/v1/runner/lease", "asks; the answer that brings a job is the arrow"));

    /** A request of NBD with no flags, to read; a character for a byte. */
    private static final String NBD_READ = "%`\u0095\u0013\0\0\0\0";

    private static final List<String> OBJECTS =
            List.of("sessions/", "journal/", Keys.pack("0".repeat(32)).value().replaceAll("0.*", ""), Keys.POINTS);

    private final SnapshotSteps snapshot;

    Arrows(SnapshotSteps snapshot) {
        this.snapshot = snapshot;
    }

    /** Calls, steps, phases and states of the code that nobody decided upon here, or that are gone from the code. */
    List<String> undecided() {
        List<String> found = new ArrayList<>();
        differ("call", Calls.ofTheCode().keySet(), Calls.DECIDED.keySet(), found);
        differ("view step", snapshot.viewSteps(), HypervisorSteps.VIEW_STEPS.keySet(), found);
        differ("view phase", snapshot.viewPhases(), HypervisorSteps.VIEW_PHASES.keySet(), found);
        if (!snapshot.targetSteps().isEmpty()) {
            differ("target step", snapshot.targetSteps(), HypervisorSteps.TARGET_STEPS.keySet(), found);
        }
        List<String> states =
                Arrays.stream(TargetInfo.State.values()).map(Enum::name).toList();
        differ("target state", states, HypervisorSteps.TARGET_STATES.keySet(), found);
        return found;
    }

    private static void differ(String kind, Collection<String> code, Collection<String> here, List<String> into) {
        code.stream().filter(name -> !here.contains(name)).forEach(name -> into.add(kind + " " + name + " is new"));
        here.stream().filter(name -> !code.contains(name)).forEach(name -> into.add(kind + " " + name + " is gone"));
    }

    /** Requests of an undisturbed operation that change something and are neither arrows nor known not to be any. */
    List<String> unlisted(Operation operation, Link link, List<String> requests) {
        return requests.stream()
                .filter(Arrows::changes)
                .filter(request -> NO_ARROWS.keySet().stream().noneMatch(request::startsWith))
                .filter(request -> messages().stream().noneMatch(m -> covers(m, operation, link, request)))
                .map(request -> operation + " " + link + ": "
                        + LibvirtCall.of(request).map(Enum::name).orElse(request))
                .toList();
    }

    /** What does not depend on the VM's state is an arrow once; libvirt's calls are told apart by nothing but that. */
    private static boolean covers(Message m, Operation operation, Link link, String request) {
        boolean here = link == Link.SNAPSHOT_LIBVIRT
                ? m.operation() == operation
                : m.operation().isBackup() == operation.isBackup();
        return here && m.link().proxy().equals(link.proxy()) && request.startsWith(m.request());
    }

    private static boolean changes(String request) {
        if (request.startsWith("GET /") || request.startsWith("HEAD /")) {
            return false;
        }
        boolean http = request.contains(" /");
        boolean libvirt = request.matches("[0-9]+ [0-9]+");
        return http
                || (libvirt
                        ? !LibvirtCall.onlyReads(request)
                        : WRITES.matcher(request).matches());
    }

    /** Every message that undisturbed operations are expected to send. */
    List<Message> messages() {
        List<Message> all = new ArrayList<>(Calls.messages());
        all.addAll(HypervisorSteps.messages());
        for (Operation operation : List.of(Operation.BACKUP, Operation.RESTORE)) {
            BOTH.forEach(sql -> all.add(Message.of(operation, sql, Link.CATALOG_POSTGRES, sql, sql)));
            all.add(Message.of(operation, RENEWAL, Link.CATALOG_POSTGRES, "update job j set", RENEWAL)
                    .when(When.SLOW));
        }
        BACKUP.forEach(sql -> all.add(Message.of(Operation.BACKUP, sql, Link.CATALOG_POSTGRES, sql, sql)));
        OBJECTS.forEach(kind -> all.add(object(Operation.BACKUP, Link.WORKER_OBJECTS, "PUT", kind)));
        for (String kind : List.of("packs/", Keys.POINTS)) {
            all.add(object(Operation.BACKUP, Link.WORKER_OBJECTS, "GET", kind));
            all.add(object(Operation.RESTORE, Link.RESTORE_OBJECTS, "GET", kind));
        }
        all.add(viewRead());
        all.add(read(Operation.RESTORE, Link.RESTORE_NBD, "a served point is read"));
        all.add(read(Operation.RESTORE_IN_PLACE, Link.RESTORE_NBD, "a served point is read"));
        return List.copyOf(all);
    }

    /** A worker reads a frozen view's disk. */
    static Message viewRead() {
        return read(Operation.BACKUP, Link.WORKER_NBD, "a view's disk is read");
    }

    private static Message read(Operation operation, Link link, String name) {
        return Message.of(operation, name, link, NBD_READ, "");
    }

    private static Message object(Operation operation, Link link, String verb, String kind) {
        String request = verb + " " + VAULT + kind;
        return Message.of(operation, verb + " " + kind, link, request, request);
    }

    /** Each message with everybody who may die: the sender before and after it, the receiver after it. */
    List<Arrow> all() {
        List<Arrow> all = new ArrayList<>();
        for (Message m : messages()) {
            List<String> victims = m.link().victims();
            if (!m.answer()) {
                all.add(new Arrow(m, Side.REQUEST, victims.getFirst()));
            }
            victims.forEach(victim -> all.add(new Arrow(m, m.answer() ? Side.ANSWER : Side.REPLY, victim)));
        }
        return List.copyOf(all);
    }
}
