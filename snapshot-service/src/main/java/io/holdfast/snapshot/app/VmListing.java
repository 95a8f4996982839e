package io.holdfast.snapshot.app;

import io.holdfast.api.Page;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.VmInfo;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Lists VMs and their snapshots, live from the sources. */
public final class VmListing {

    private static final Logger LOG = Logger.getLogger(VmListing.class);

    private final SourceDirectory directory;
    private final Rows.Sources sources;
    private final Rows.SnapshotRows snapshots;

    private record Found(Source source, Inventory.VmName name) {
        String position() {
            return source.name() + "\n" + name.name() + "\n" + name.id();
        }
    }

    public VmListing(SourceDirectory directory, Rows.Sources sources, Rows.SnapshotRows snapshots) {
        this.directory = directory;
        this.sources = sources;
        this.snapshots = snapshots;
    }

    /**
     * One page in order of (source, name, id). A source that does not answer is left out of a listing over all sources
     * (its state says so). It is an error when it was asked for by name, and when one VM is looked for: that source may have
     * it, or have another of that name.
     */
    public Page<VmInfo> page(@Nullable String source, @Nullable String vm, @Nullable String after, int limit) {
        String position = after == null ? "" : decode(after);
        List<Found> candidates = new ArrayList<>();
        for (Source s : source == null ? sources.all() : List.of(directory.find(source))) {
            names(s, source != null, vm).stream()
                    .map(n -> new Found(s, n))
                    .filter(f -> f.position().compareTo(position) > 0)
                    .forEach(candidates::add);
        }
        candidates.sort(Comparator.comparing(Found::position));
        List<VmInfo> items = new ArrayList<>();
        for (Found f : candidates.subList(0, Math.min(limit, candidates.size()))) {
            details(f.source(), f.name().id()).ifPresent(items::add);
        }
        String next =
                candidates.size() > limit ? encode(candidates.get(limit - 1).position()) : null;
        return new Page<>(List.copyOf(items), next);
    }

    public VmInfo show(String source, String vm) {
        return details(directory.find(source), vm)
                .orElseThrow(() -> new ApiException(
                        ErrorCode.VM_NOT_FOUND, "The source " + source + " has no virtual machine " + vm + "."));
    }

    /** Snapshots of a VM, oldest first. */
    public List<SnapshotInfo> snapshots(String sourceName, String vm) {
        Source source = directory.find(sourceName);
        show(sourceName, vm);
        List<Snapshot> rows = made(source, vm);
        Map<UUID, String> names = rows.stream().collect(Collectors.toMap(Snapshot::id, Snapshot::name));
        Map<String, Long> bytes = rows.isEmpty()
                ? Map.of()
                : directory.reach(source, d -> d.snapshots().overlayBytes(vm));
        List<SnapshotInfo> list = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            list.add(info(rows.get(i), names, bytes, i == rows.size() - 1));
        }
        return List.copyOf(list);
    }

    /** An intent is no snapshot yet. */
    private List<Snapshot> made(Source source, String vm) {
        return snapshots.ofVm(source.id(), vm).stream()
                .filter(s -> s.state() != Snapshot.State.CREATING)
                .toList();
    }

    private static SnapshotInfo info(Snapshot s, Map<UUID, String> names, Map<String, Long> bytes, boolean current) {
        List<Long> sizes = s.overlays().stream()
                .map(o -> bytes.get(o.path()))
                .filter(java.util.Objects::nonNull)
                .toList();
        Long delta = sizes.size() == s.overlays().size()
                ? sizes.stream().mapToLong(Long::longValue).sum()
                : null;
        String parent = s.parent() == null ? null : names.get(s.parent());
        return new SnapshotInfo(
                s.name(),
                s.description(),
                parent,
                s.createdAt(),
                s.vmState(),
                false,
                s.consistency(),
                current,
                delta,
                s.state() == Snapshot.State.PARTLY_DELETED);
    }

    private List<Inventory.VmName> names(Source source, boolean asked, @Nullable String vm) {
        try {
            return directory.reach(
                    source,
                    d -> vm == null ? d.inventory().names() : d.inventory().called(vm));
        } catch (ApiException e) {
            if (asked) {
                throw e;
            }
            if (vm != null) {
                throw new ApiException(
                        e.code(),
                        "Which VM " + vm + " is meant cannot be told while the source " + source.name()
                                + " does not answer; name its source too, as SOURCE/" + vm + ". " + e.detail(),
                        e);
            }
            LOG.warnf("source %s left out of a listing: %s", source.name(), e.code());
            return List.of();
        }
    }

    private Optional<VmInfo> details(Source source, String id) {
        return directory
                .reach(source, d -> d.inventory().vm(id))
                .map(v -> new VmInfo(
                        v.id(),
                        source.name(),
                        v.name(),
                        v.state(),
                        v.disks(),
                        made(source, v.id()).size(),
                        v.notes()));
    }

    private static String encode(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String after) {
        try {
            return new String(Base64.getUrlDecoder().decode(after), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "after is not a position of this listing.", e);
        }
    }
}
