package io.holdfast.catalog.app.port;

import io.holdfast.api.point.PointHead;
import io.holdfast.api.point.PointInfo;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The index of restore points. */
public interface PointStore {

    /** A point and the vault record it is in. */
    record Found(PointInfo point, UUID vault) {}

    /** A listing's filter; {@code before} is the sequence of the last page's last row, exclusive. */
    record Filter(
            @Nullable String source,
            @Nullable String vm,
            @Nullable String vault,
            @Nullable Long before,
            int limit) {}

    /** One row of a listing with its place in it. */
    record Row(long sequence, PointInfo point) {}

    /** Adds a point; true also when this very point is there already, false when its place is another point's. */
    boolean insert(PointInfo point, UUID vault, UUID job);

    Optional<Found> find(UUID id);

    /** Takes a point out of the index; nothing when it is not there. */
    void remove(UUID id);

    /** Newest first. */
    List<Row> list(Filter filter);

    /** Points that an incremental of this VM may be read against, newest first. */
    List<UUID> bases(UUID vault, String source, String vm, int limit);

    /** The newest point of a VM in this vault whose manifest's hash is known. */
    Optional<PointHead> head(UUID vault, String vm);

    /** The same of every VM. */
    List<PointHead> heads(UUID vault);
}
