package io.holdfast.cli.command;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Report;
import java.util.List;
import java.util.UUID;

/** A verb about one thing that has an id, which may be shortened. */
abstract class IdVerb extends Verb {

    private static final int JOBS_LOOKED_AT = 1000;

    IdVerb(Shell shell) {
        super(shell);
    }

    /** What the user typed. */
    abstract String typed();

    @Override
    protected void check(Report report) {
        if (Ids.whole(typed()).isEmpty() && !Ids.isPrefix(typed())) {
            throw usage("'" + typed() + "'" + Ids.EXPECTED);
        }
    }

    final UUID pointId(CatalogClient catalog) throws InterruptedException {
        if (Ids.whole(typed()).isPresent()) {
            return Ids.whole(typed()).get();
        }
        List<UUID> all = catalog.points(null, null).stream().map(PointInfo::id).toList();
        return only(Ids.matching(typed(), all), ErrorCode.POINT_NOT_FOUND, "restore point");
    }

    final UUID jobId(CatalogClient catalog) throws InterruptedException {
        if (Ids.whole(typed()).isPresent()) {
            return Ids.whole(typed()).get();
        }
        List<UUID> latest = catalog.jobs(null, null, JOBS_LOOKED_AT).stream()
                .map(JobInfo::id)
                .toList();
        return only(Ids.matching(typed(), latest), ErrorCode.JOB_NOT_FOUND, "job");
    }

    private UUID only(List<UUID> found, ErrorCode none, String what) {
        if (found.isEmpty()) {
            throw new ApiException(none, "There is no " + what + " whose id begins with '" + typed() + "'.");
        }
        if (found.size() > 1) {
            throw usage(found.size() + " ids begin with '" + typed() + "', " + found.get(0) + " and " + found.get(1)
                    + " among them: type more of it.");
        }
        return found.getFirst();
    }
}
