package io.holdfast.systemtests.kill;

import static io.holdfast.systemtests.kill.Arrow.Operation.BACKUP;
import static io.holdfast.systemtests.kill.Arrow.Operation.BACKUP_OFF;
import static io.holdfast.systemtests.kill.Arrow.Operation.BACKUP_SAVED;
import static io.holdfast.systemtests.kill.Arrow.Operation.RESTORE;
import static io.holdfast.systemtests.kill.Arrow.Operation.RESTORE_IN_PLACE;

import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.systemtests.kill.Message.When;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What snapshot-service does to rows and to the hypervisor: its steps, phases and states, and how each is seen. */
final class HypervisorSteps {

    private static final Set<Operation> BACKUPS = EnumSet.of(BACKUP, BACKUP_OFF, BACKUP_SAVED);
    private static final Set<Operation> RESTORES = EnumSet.of(RESTORE, RESTORE_IN_PLACE);
    private static final Set<Operation> ASLEEP = EnumSet.of(BACKUP_OFF, BACKUP_SAVED);
    private static final Set<Operation> IN_PLACE = EnumSet.of(RESTORE_IN_PLACE);

    /** How a step is seen on the wire, or why it is not part of an undisturbed run. */
    sealed interface Trace {
        /** In these operations, as this message of any of them. */
        record Seen(Set<Operation> operations, Message message) implements Trace {
            Seen nth(int which) {
                return new Seen(operations, message.nth(which));
            }

            Seen when(When takes) {
                return new Seen(operations, message.when(takes));
            }
        }

        record Not(String why) implements Trace {}
    }

    static final Map<String, Trace> VIEW_STEPS = Map.ofEntries(
            seen("ReserveScratch", BACKUPS, LibvirtCall.STORAGE_VOL_CREATE_XML),
            view("ChooseBases", "\"chosen\":true"),
            seen("Begin", BACKUPS, LibvirtCall.DOMAIN_BACKUP_BEGIN),
            seen("Wake", EnumSet.of(BACKUP_OFF), LibvirtCall.DOMAIN_CREATE_WITH_FLAGS),
            seen("StartHelper", EnumSet.of(BACKUP_SAVED), LibvirtCall.DOMAIN_CREATE_XML),
            seen("AbortJob", BACKUPS, LibvirtCall.DOMAIN_ABORT_JOB),
            seen("StopDomain", ASLEEP, LibvirtCall.DOMAIN_DESTROY),
            seen("DeleteScratch", BACKUPS, LibvirtCall.STORAGE_VOL_DELETE),
            not("RemoveSocket", "a file of its own; it goes between DeleteScratch's reply and CLOSED"),
            not("NoteStart", "what follows a kill after Wake"),
            not("Adopt", "what follows a kill after Begin"),
            not("MarkFull", "only when scratch is full"),
            not("Resume", "only when scratch is full"),
            not("Ready", "changes nothing; openView's reply"),
            not("Lost", "what follows a lost moment"),
            not("Refuse", "changes nothing"),
            not("Done", "CLOSED is written"));

    static final Map<String, Trace> VIEW_PHASES = Map.ofEntries(
            view("OPENING", "\"phase\":\"OPENING\""),
            view("OPEN", "\"phase\":\"OPEN\""),
            view("CLOSING", "\"phase\":\"CLOSING\""),
            view("CLOSED", "\"phase\":\"CLOSED\""),
            not("FREEING", "only when nobody renews"),
            not("FREED", "only when nobody renews"));

    static final Map<String, Trace> TARGET_STEPS = Map.ofEntries(
            seen("MakeVolumes", RESTORES, LibvirtCall.STORAGE_VOL_CREATE_XML),
            seen("StartHelper", RESTORES, LibvirtCall.DOMAIN_CREATE_XML),
            seen("StartPull", RESTORES, LibvirtCall.DOMAIN_BLOCK_COPY),
            seen("EndPull", RESTORES, LibvirtCall.DOMAIN_BLOCK_JOB_ABORT),
            seen("StopHelper", RESTORES, LibvirtCall.DOMAIN_DESTROY),
            seen("Define", EnumSet.of(RESTORE), LibvirtCall.DOMAIN_DEFINE_XML),
            // The first is the helper.
            Map.entry(
                    "StopVm",
                    step("StopVm", IN_PLACE, LibvirtCall.DOMAIN_DESTROY).nth(2)),
            seen("SwitchDisks", IN_PLACE, LibvirtCall.DOMAIN_DEFINE_XML),
            Map.entry(
                    "ForgetMarks",
                    step("ForgetMarks", IN_PLACE, LibvirtCall.DOMAIN_CHECKPOINT_DELETE)
                            .when(When.MANY_CHECKPOINTS)),
            seen("StartVm", IN_PLACE, LibvirtCall.DOMAIN_CREATE),
            seen("RemoveReplaced", IN_PLACE, LibvirtCall.STORAGE_VOL_DELETE),
            not("Watch", "changes nothing"),
            not("Verify", "reads; FILLED is written"),
            not("DropSavedState", "only for a VM with a managed save"),
            not("Finish", "FINISHED is written"),
            not("FailFill", "only when a pull breaks"),
            not("Undefine", "only when a restore ends badly"),
            not("DeleteVolumes", "only when a restore ends badly"),
            not("Vanish", "ABORTED is written"),
            not("Refuse", "changes nothing"),
            not("Rest", "changes nothing"));

    static final Map<String, Trace> TARGET_STATES = Map.ofEntries(
            target("PREPARED"),
            target("FILLING"),
            target("FILLED"),
            target("FINISHED"),
            not("FAILED", "only when a pull breaks"),
            not("ABORTED", "only when a restore ends badly"));

    private HypervisorSteps() {}

    static List<Message> messages() {
        List<Message> all = new ArrayList<>();
        for (Map<String, Trace> traces : List.of(VIEW_STEPS, VIEW_PHASES, TARGET_STEPS, TARGET_STATES)) {
            for (Trace trace : new TreeMap<>(traces).values()) {
                if (trace instanceof Trace.Seen seen) {
                    seen.operations().forEach(o -> all.add(seen.message().in(o)));
                }
            }
        }
        BACKUPS.forEach(o -> all.add(call(o, "a scratch volume's header", LibvirtCall.STORAGE_VOL_UPLOAD)));
        EnumSet.of(BACKUP, BACKUP_OFF).forEach(o -> checkpoints(o, all));
        RESTORES.forEach(o -> filling(o, all));
        IN_PLACE.forEach(o -> switching(o, all));
        return all;
    }

    private static void checkpoints(Operation o, List<Message> into) {
        into.add(row(o, "a checkpoint is pending", "insert into checkpoint"));
        into.add(row(o, "a checkpoint is promoted", "update checkpoint"));
        into.add(call(o, "an old checkpoint goes", LibvirtCall.DOMAIN_CHECKPOINT_DELETE)
                .when(When.MANY_CHECKPOINTS));
        into.add(row(o, "an old checkpoint is forgotten", "delete from checkpoint")
                .when(When.MANY_CHECKPOINTS));
    }

    private static void filling(Operation o, List<Message> into) {
        into.add(call(o, "a volume's header", LibvirtCall.STORAGE_VOL_UPLOAD));
        into.add(document(o, "a pull started", "\"started\":true"));
        into.add(document(o, "a disk filled", "\"filled\":true"));
        into.add(document(o, "finishing", "\"finishing\":true"));
    }

    private static void switching(Operation o, List<Message> into) {
        into.add(row(o, "checkpoints are forgotten", "delete from checkpoint"));
        into.add(row(o, "snapshots lose their parents", "update vm_snapshot"));
        into.add(row(o, "snapshots are forgotten", "delete from vm_snapshot"));
    }

    private static Message call(Operation o, String name, LibvirtCall call) {
        return Message.of(o, name, Link.SNAPSHOT_LIBVIRT, call.pattern(), call.request());
    }

    private static Message row(Operation o, String name, String sql) {
        return Message.of(o, name, Link.SNAPSHOT_POSTGRES, sql, sql);
    }

    private static Message document(Operation o, String name, String pattern) {
        return Message.of(o, name, Link.SNAPSHOT_POSTGRES, pattern, "update restore_target");
    }

    private static Trace.Seen step(String step, Set<Operation> operations, LibvirtCall call) {
        return new Trace.Seen(operations, call(operations.iterator().next(), step, call));
    }

    private static Map.Entry<String, Trace> seen(String step, Set<Operation> operations, LibvirtCall call) {
        return Map.entry(step, step(step, operations, call));
    }

    private static Map.Entry<String, Trace> view(String step, String pattern) {
        String request = (step.equals("OPENING") ? "insert into" : "update") + " frozen_view";
        return Map.entry(
                step, new Trace.Seen(BACKUPS, Message.of(BACKUP, step, Link.SNAPSHOT_POSTGRES, pattern, request)));
    }

    private static Map.Entry<String, Trace> target(String state) {
        String request = (state.equals("PREPARED") ? "insert into" : "update") + " restore_target";
        String pattern = "\"state\":\"" + state + "\"";
        return Map.entry(
                state, new Trace.Seen(RESTORES, Message.of(RESTORE, state, Link.SNAPSHOT_POSTGRES, pattern, request)));
    }

    private static Map.Entry<String, Trace> not(String step, String why) {
        return Map.entry(step, new Trace.Not(why));
    }
}
