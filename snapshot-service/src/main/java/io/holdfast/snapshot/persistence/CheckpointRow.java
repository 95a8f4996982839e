package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.domain.Checkpoint;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A checkpoint's row. */
@Entity
@Table(name = "checkpoint")
public class CheckpointRow {
    @Id
    public UUID moment;

    public UUID job;
    public UUID source;
    public String vm;
    public UUID vault;
    public UUID point;
    public String name;
    public String state;

    @Column(name = "created_at")
    public Instant createdAt;

    static CheckpointRow of(Checkpoint c) {
        CheckpointRow row = new CheckpointRow();
        row.moment = c.moment();
        row.job = c.job();
        row.source = c.source();
        row.vm = c.vm();
        row.vault = c.vault();
        row.point = c.point();
        row.name = c.name();
        row.state = c.state().name();
        row.createdAt = c.createdAt();
        return row;
    }

    Checkpoint read() {
        return new Checkpoint(moment, job, source, vm, vault, point, name, Checkpoint.State.valueOf(state), createdAt);
    }
}
