package io.holdfast.snapshot.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** A target's row. */
@Entity
@Table(name = "restore_target")
public class TargetRow {
    @Id
    public UUID job;

    public UUID source;
    public String state;
    public String document;
}
