package io.holdfast.catalog.persistence;

import io.holdfast.catalog.app.port.AuditLog;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Generated;
import org.jspecify.annotations.Nullable;

/** A row of {@code audit}. */
@Entity(name = "Audit")
@Table(name = "audit")
class AuditRow {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    Long id;

    @Generated
    Instant at;

    String actor;
    String action;
    String subject;

    @Nullable
    UUID job;

    String requestId;
    String outcome;

    AuditLog.Row view() {
        return new AuditLog.Row(id, at, actor, action, subject, job, requestId, outcome);
    }
}
