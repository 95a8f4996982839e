package io.holdfast.snapshot.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;

/** A view's row: what is searched for, and the record as a document. */
@Entity
@Table(name = "frozen_view")
public class ViewRow {
    @Id
    public UUID moment;

    public UUID job;
    public UUID source;
    public String vm;
    public String phase;

    @Column(name = "created_at")
    public Instant createdAt;

    public String document;
}
