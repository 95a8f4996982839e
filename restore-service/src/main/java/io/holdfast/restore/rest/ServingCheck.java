package io.holdfast.restore.rest;

import io.holdfast.restore.nbd.PointServer;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when hypervisors can connect. */
@Readiness
class ServingCheck implements HealthCheck {

    private final PointServer server;

    ServingCheck(PointServer server) {
        this.server = server;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("nbd").status(server.accepts()).build();
    }
}
