package io.holdfast.restore.app;

import io.holdfast.api.NbdEndpoint;
import io.holdfast.api.job.JobSpec;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.vault.PointManifest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Makes the endpoints from which one job's disks are pulled. */
public final class ExportNames {

    private final TokenSeal seal;
    private final Endpoints endpoints;
    private final InstantSource clock;
    private final Duration life;

    /** {@code life}: a hypervisor may connect and reconnect for this long. */
    public ExportNames(TokenSeal seal, Endpoints endpoints, InstantSource clock, Duration life) {
        this.seal = seal;
        this.endpoints = endpoints;
        this.clock = clock;
        this.life = life;
    }

    Map<String, NbdEndpoint> of(
            UUID job, JobSpec.Restore spec, PointManifest point, List<PointManifest.Disk> disks, String transport) {
        Map<String, NbdEndpoint> from = new LinkedHashMap<>();
        for (PointManifest.Disk disk : disks) {
            var token = new ExportToken(
                    spec.vault(),
                    spec.vm(),
                    spec.point(),
                    OptionalLong.of(point.sequence()),
                    disk.key(),
                    job,
                    clock.instant().plus(life));
            from.put(disk.key(), endpoints.of(transport, seal.seal(token)));
        }
        return from;
    }
}
