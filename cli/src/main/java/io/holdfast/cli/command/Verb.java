package io.holdfast.cli.command;

import io.holdfast.api.job.JobInfo;
import io.holdfast.cli.ConnectionOptions;
import io.holdfast.cli.OutputOptions;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.progress.Follower;
import io.holdfast.cli.progress.Outcome;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A verb that talks to the catalog. */
public abstract class Verb implements Callable<Integer>, Answering {

    private final Shell shell;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec;

    protected Verb(Shell shell) {
        this.shell = shell;
    }

    @Override
    public final Integer call() throws InterruptedException {
        Report report = shell.report(output);
        check(report);
        try (CatalogClient catalog = shell.connect(connection)) {
            return run(catalog, report);
        }
    }

    /** What can be said to be wrong before anybody is asked. */
    protected void check(Report report) {}

    /** Does it; the answer is the exit code. */
    protected abstract int run(CatalogClient catalog, Report report) throws InterruptedException;

    @Override
    public final OutputOptions output() {
        return output;
    }

    protected final Shell shell() {
        return shell;
    }

    /** The command line is wrong: exit code 2. */
    protected final ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    /** Makes jobs and, if wanted, follows them to their end. */
    protected final List<Outcome> follow(CatalogClient catalog, List<Follower.Order> orders, WaitOptions wait)
            throws InterruptedException {
        return new Follower(catalog, shell.progress(orders.size()), shell.unfinished())
                .follow(orders, wait.from(shell.environment().clock()));
    }

    /** The same for one job that is there already. */
    protected final Outcome follow(CatalogClient catalog, String label, JobInfo job, WaitOptions wait)
            throws InterruptedException {
        return follow(catalog, List.of(new Follower.Order(label, () -> job)), wait)
                .getFirst();
    }
}
