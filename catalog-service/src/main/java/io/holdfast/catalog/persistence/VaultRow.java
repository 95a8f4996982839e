package io.holdfast.catalog.persistence;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;

/** A row of {@code vault}; written by SQL, read through Panache. The sealed columns are not part of it. */
@Entity(name = "Vault")
@Table(name = "vault")
@Immutable
class VaultRow {
    @Id
    UUID id;

    String name;
    String url;
    String formatId;
    String state;
    String detail;
    Instant createdAt;

    @Formula("(select count(*) from restore_point p where p.vault = id)")
    long points;

    @Formula("(select coalesce(sum(p.stored_bytes), 0) from restore_point p where p.vault = id)")
    long storedBytes;
}
