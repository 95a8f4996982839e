package io.holdfast.snapshot.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A target's row. */
@Entity
@Table(name = "restore_target")
public class TargetRow {
    @Id
    public UUID job;

    public UUID source;
    public String state;
    public String document;

    /** Absent while something is left to be done. */
    @Column(name = "ended_at")
    public @Nullable Instant endedAt;
}
