package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How jobs that were waited for are told. */
final class JobResults {

    /** The errors, one sentence each, and the exit code: that of a single one, 1 if any of several failed. */
    static int end(List<Outcome> outcomes, Report report) {
        for (Outcome outcome : outcomes) {
            String error = outcome.error();
            if (error != null) {
                report.note(outcome.label() + ": " + error + " (" + outcome.errorCode() + ")");
            }
        }
        if (outcomes.size() == 1) {
            return outcomes.getFirst().exitCode();
        }
        List<Integer> bad = outcomes.stream()
                .map(Outcome::exitCode)
                .filter(code -> code != ExitCodes.DONE)
                .toList();
        if (bad.isEmpty()) {
            return ExitCodes.DONE;
        }
        return bad.stream().allMatch(code -> code == ExitCodes.UNKNOWN) ? ExitCodes.UNKNOWN : ExitCodes.FAILED;
    }

    /** What jobs that succeeded have to say: what was left, what did not start. */
    static void notes(List<Outcome> outcomes, Report report) {
        for (Outcome outcome : outcomes) {
            JobInfo job = outcome.job();
            JsonNode result = job == null ? null : job.result();
            if (result != null) {
                result.path("notes").forEach(note -> report.note(outcome.label() + ": " + note.asText()));
            }
        }
    }

    /** {@code {"results": [{"<name>", "ok", "state", "job", "error"}]}}. */
    static Map<String, Object> document(String name, List<Outcome> outcomes) {
        List<Map<String, Object>> results = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put(name, outcome.label());
            result.putAll(document(outcome));
            results.add(result);
        }
        return Map.of("results", results);
    }

    /** {@code {"ok", "state", "job", "error": {"code", "detail"}}}. */
    static Map<String, Object> document(Outcome outcome) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ok", outcome.ok());
        result.put("state", outcome.state());
        if (outcome.job() != null) {
            result.put("job", outcome.job());
        }
        String error = outcome.error();
        String code = outcome.errorCode();
        if (error != null) {
            result.put("error", Map.of("code", code == null ? "internal" : code, "detail", error));
        }
        return result;
    }

    /** A job that makes nothing to look at: one row. */
    static int one(Outcome outcome, Report report) {
        JobInfo job = outcome.job();
        report.result(
                document(outcome),
                () -> new Table("SUBJECT", "RESULT", "TOOK", "JOB")
                        .row(
                                outcome.label(),
                                outcome.state(),
                                took(job),
                                job == null ? "" : job.id().toString()));
        return end(List.of(outcome), report);
    }

    /** A job that was asked to end: cancelled is what was wanted. */
    static int cancelled(Outcome outcome, Report report) {
        JobInfo job = outcome.job();
        if (job == null || job.state() != JobState.CANCELLED) {
            int exit = one(outcome, report);
            // It was quicker than the request: it ended, and not because of it.
            if (exit != ExitCodes.DONE || job == null || !job.state().ended()) {
                return exit;
            }
            report.note("The job had ended before it could be cancelled. (" + ErrorCode.JOB_ENDED.wire() + ")");
            return ExitCodes.REFUSED;
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", true);
        document.put("state", outcome.state());
        document.put("job", job);
        report.result(document, "job " + job.id() + " of " + job.subject() + " was cancelled");
        return ExitCodes.DONE;
    }

    /** A check: what it found line by line, then how it ended. */
    static int check(Outcome outcome, Report report) {
        List<String> lines = lines(outcome.job());
        if (report.json() || lines.isEmpty()) {
            return one(outcome, report);
        }
        Table found = Table.ofFields();
        lines.forEach(found::row);
        report.result(document(outcome), () -> found);
        return end(List.of(outcome), report);
    }

    /** How long it ran, if it ended. */
    static String took(@Nullable JobInfo job) {
        if (job == null || job.startedAt() == null || job.endedAt() == null) {
            return "";
        }
        return Human.duration(Duration.between(job.startedAt(), job.endedAt()));
    }

    /** A text field of the job's result. */
    static String field(@Nullable JobInfo job, String name) {
        JsonNode result = job == null ? null : job.result();
        JsonNode value = result == null ? null : result.get(name);
        return value == null || value.isContainerNode() ? "" : value.asText();
    }

    /** A field of the job's result that is a number of bytes. */
    static String bytes(@Nullable JobInfo job, String name) {
        JsonNode result = job == null ? null : job.result();
        JsonNode value = result == null ? null : result.get(name);
        return value == null || !value.canConvertToLong() ? "" : Human.bytes(value.asLong());
    }

    /** What a job's result says in words: point or VM, lines of a check, notes. */
    static List<Map.Entry<String, String>> told(JobInfo job) {
        List<Map.Entry<String, String>> told = new ArrayList<>();
        switch (job.kind()) {
            case BACKUP -> add(told, "Point:", field(job, "id"));
            case RESTORE -> {
                add(told, "Point:", field(job, "point"));
                add(told, "VM:", field(job, "vmName"));
                add(told, "VM's id:", field(job, "vmId"));
            }
            default -> lines(job).forEach(line -> add(told, "Found:", line));
        }
        JsonNode result = job.result();
        if (result != null) {
            result.path("notes").forEach(note -> add(told, "Note:", note.asText()));
        }
        return told;
    }

    private static void add(List<Map.Entry<String, String>> told, String name, String value) {
        if (!value.isEmpty()) {
            told.add(Map.entry(name, value));
        }
    }

    /** The lines a check reports: an array of texts, alone or in a field {@code lines}. */
    static List<String> lines(@Nullable JobInfo job) {
        JsonNode result = job == null ? null : job.result();
        JsonNode lines = result == null || result.isArray() ? result : result.get("lines");
        List<String> found = new ArrayList<>();
        if (lines != null && lines.isArray()) {
            lines.forEach(line -> found.add(line.isTextual() ? line.asText() : line.toString()));
        }
        return found;
    }

    private JobResults() {}
}
