package io.holdfast.snapshot.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A snapshot's row. */
@Entity
@Table(name = "vm_snapshot")
public class SnapshotRow {
    @Id
    public UUID id;

    public UUID source;
    public String vm;
    public String name;
    public @Nullable UUID parent;

    @Column(name = "created_at")
    public Instant createdAt;

    public String document;
}
