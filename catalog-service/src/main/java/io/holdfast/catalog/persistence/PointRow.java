package io.holdfast.catalog.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** A row of {@code restore_point}; written by SQL, read through Panache. */
@Entity(name = "RestorePoint")
@Table(name = "restore_point")
@Immutable
class PointRow {
    @Id
    UUID id;

    long seq;

    @ManyToOne(fetch = FetchType.LAZY, optional = false)
    @JoinColumn(name = "vault")
    VaultRow vault;

    String source;
    String vm;
    String vmName;
    long sequence;
    String kind;
    UUID base;
    String consistency;
    Instant takenAt;
    Instant committedAt;
    double seconds;
    long virtualBytes;
    long readBytes;
    long newBytes;
    long storedBytes;
    String disks;
    String notes;
    UUID job;
    String manifestHash;
}
