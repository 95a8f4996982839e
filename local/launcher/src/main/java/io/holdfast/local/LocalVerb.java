package io.holdfast.local;

import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.RefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;

/** A verb about this machine: whatever keeps it from being done is a sentence and an exit code. */
public abstract class LocalVerb implements Callable<Integer> {

    protected final Shell shell;

    protected LocalVerb(Shell shell) {
        this.shell = shell;
    }

    @Override
    public final Integer call() throws InterruptedException {
        try {
            return run(Home.ofEnvironment(shell.environment().variables()));
        } catch (RefusedException e) {
            return fail(e, e.exitCode());
        } catch (IOException | UncheckedIOException e) {
            return fail(e, 1);
        }
    }

    /** Does it; returns the exit code. */
    protected abstract int run(Home home) throws IOException, InterruptedException;

    private int fail(Exception e, int code) {
        shell.environment().screen().err().println("holdfast: " + e.getMessage());
        return code;
    }

    /** A path as it may be typed into a shell. */
    protected static String quoted(Object path) {
        String text = path.toString();
        return text.matches("[A-Za-z0-9_./:=+@%-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
