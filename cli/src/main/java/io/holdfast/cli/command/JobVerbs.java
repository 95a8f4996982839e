package io.holdfast.cli.command;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Printable;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast job}. */
@Command(name = "job", description = "Jobs, running and ended: list, show, watch, cancel.")
public final class JobVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new JobVerbs())
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("show", new Show(shell))
                .addSubcommand("watch", new Watch(shell))
                .addSubcommand("cancel", new Cancel(shell));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code holdfast job list}. */
    @Command(description = "List jobs, the latest first.")
    static final class ListAll extends Verb {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only those: ${COMPLETION-CANDIDATES}, in any case. Default: all.")
        private @Nullable JobState state;

        @Option(names = "--vm", paramLabel = "VM", description = "Only of this machine. Default: of all.")
        private @Nullable String vm;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "At most so many, 1 to 1000. Default: ${DEFAULT-VALUE}.")
        private int limit = 50;

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected void check(Report report) {
            if (limit < 1 || limit > 1000) {
                throw usage("--limit is 1 to 1000.");
            }
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<JobInfo> jobs = catalog.jobs(state, vm, limit);
            report.result(Map.of("items", jobs), () -> {
                Table table = new Table(
                        "JOB", "KIND", "SUBJECT", "STATE", "PHASE", ">DONE", ">TRY", "CREATED", ">TOOK", "ERROR");
                for (JobInfo job : jobs) {
                    Progress progress = job.progress();
                    table.row(
                            job.id().toString(),
                            word(job.kind()),
                            job.subject(),
                            word(job.state()),
                            progress == null || job.state().ended() ? "" : progress.phase(),
                            progress == null || job.state().ended() ? "" : done(progress),
                            Integer.toString(job.attempt()),
                            Human.time(job.createdAt(), report.zone()),
                            JobResults.took(job),
                            Printable.text(job.errorCode()));
                }
                return table;
            });
            return 0;
        }

        private static String done(Progress progress) {
            if (progress.totalBytes() <= 0) {
                return "";
            }
            double percent = 100.0 * progress.doneBytes() / progress.totalBytes();
            return (int) Math.clamp(percent, 0.0, 100.0) + "%";
        }
    }

    /** A verb about one job. */
    abstract static class OfJob extends IdVerb {

        @Parameters(index = "0", paramLabel = "JOB", description = "The job's id, or its first 6 or more characters.")
        private String job = "";

        OfJob(Shell shell) {
            super(shell);
        }

        @Override
        final String typed() {
            return job;
        }
    }

    /** {@code holdfast job show}. */
    @Command(description = "Show a job: what it is about, how far it is or how it ended, and why.")
    static final class Show extends OfJob {

        Show(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            JobInfo found = catalog.job(jobId(catalog));
            report.result(found, () -> fields(found, report));
            return 0;
        }

        private static Table fields(JobInfo job, Report report) {
            Table fields = Table.ofFields()
                    .row("Job:", job.id().toString())
                    .row("Kind:", word(job.kind()))
                    .row("Subject:", (job.source() == null ? "" : job.source() + "/") + job.subject())
                    .row("State:", word(job.state()) + (job.cancelRequested() ? ", cancel requested" : ""))
                    .row("Attempt:", Integer.toString(job.attempt()))
                    .row("By:", Printable.text(job.createdBy()))
                    .row("Created:", Human.time(job.createdAt(), report.zone()))
                    .row("Started:", Human.time(job.startedAt(), report.zone()))
                    .row("Ended:", Human.time(job.endedAt(), report.zone()))
                    .row("Took:", JobResults.took(job));
            Progress progress = job.progress();
            if (progress != null && !job.state().ended()) {
                fields.row("Phase:", Printable.text(progress.phase()));
            }
            if (job.error() != null) {
                fields.row("Error:", Printable.text(job.error()) + " (" + Printable.text(job.errorCode()) + ")");
            }
            JobResults.told(job).forEach(said -> fields.row(said.getKey(), said.getValue()));
            return fields;
        }
    }

    /** {@code holdfast job watch}. */
    @Command(
            description = {
                "Follow a job to its end. The exit code is the job's.",
                "Ctrl-C ends the watching, never the job."
            })
    static final class Watch extends OfJob {

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Watch(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            JobInfo found = catalog.job(jobId(catalog));
            Outcome outcome = follow(catalog, found.subject(), found, wait);
            int exit = JobResults.check(outcome, report);
            JobResults.notes(List.of(outcome), report);
            return exit;
        }
    }

    /** {@code holdfast job cancel}. */
    @Command(description = "Ask a job to end, and wait until it has. What it began is undone.")
    static final class Cancel extends OfJob {

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Cancel(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            UUID id = jobId(catalog);
            JobInfo asked = catalog.cancelJob(id);
            var outcome = follow(catalog, asked.subject(), asked, wait);
            return JobResults.cancelled(outcome, report);
        }
    }

    private JobVerbs() {}
}
