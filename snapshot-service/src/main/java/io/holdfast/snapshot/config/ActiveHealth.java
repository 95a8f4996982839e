package io.holdfast.snapshot.config;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** A process that waits is not ready. */
@Readiness
@ApplicationScoped
class ActiveHealth implements HealthCheck {

    private final Standby standby;

    ActiveHealth(Standby standby) {
        this.standby = standby;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("active").status(standby.active()).build();
    }
}
