package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import org.jboss.logging.Logger;

/** Upkeep: what fails is logged, holds nothing else up, and is tried again in the next round. */
public final class Quietly {

    private static final Logger LOG = Logger.getLogger(Quietly.class);

    /** Runs the work. Nothing it throws is thrown on: that would end a schedule for good. */
    public static void quietly(String what, Runnable work) {
        try {
            work.run();
        } catch (ApiException e) {
            LOG.warnf("%s: %s, later again: %s", what, e.code(), e.detail());
        } catch (RuntimeException e) {
            LOG.warnf(e, "%s: later again", what);
        } catch (Throwable e) {
            // An Error, which may well be of this one piece of work.
            LOG.errorf(e, "%s: later again", what);
        }
    }

    private Quietly() {}
}
