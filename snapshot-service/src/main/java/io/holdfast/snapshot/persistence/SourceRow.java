package io.holdfast.snapshot.persistence;

import io.holdfast.api.source.SourceCredentials;
import io.holdfast.snapshot.domain.Source;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A source's row. */
@Entity
@Table(name = "source")
public class SourceRow {
    @Id
    public UUID id;

    public String name;
    public String uri;
    public String driver;

    @Column(name = "scratch_pool")
    public String scratchPool;

    @Column(name = "scratch_limit_bytes")
    public Long scratchLimitBytes;

    public String nbd;
    public String state;
    public String detail;
    /** Sealed. */
    public byte @Nullable [] credentials;

    @Column(name = "created_at")
    public Instant createdAt;

    static SourceRow of(Source s, byte @Nullable [] sealed) {
        SourceRow row = new SourceRow();
        row.id = s.id();
        row.name = s.name();
        row.uri = s.uri();
        row.driver = s.driver();
        row.scratchPool = s.scratchPool();
        row.scratchLimitBytes = s.scratchLimitBytes();
        row.nbd = s.nbd();
        row.state = s.state();
        row.detail = s.detail();
        row.createdAt = s.createdAt();
        row.credentials = sealed;
        return row;
    }

    Source read(@Nullable SourceCredentials opened) {
        boolean locked = credentials != null && opened == null;
        return new Source(
                id, name, uri, driver, scratchPool, scratchLimitBytes, nbd, state, detail, createdAt, opened, locked);
    }
}
