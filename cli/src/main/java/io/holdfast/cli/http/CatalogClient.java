package io.holdfast.cli.http;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holdfast.api.Page;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.api.vault.VaultSpec;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The catalog's REST API, for programs outside of the suite. Every request has a deadline and a bounded answer; reads,
 * deletes and posts are tried again where the network fails, a post with the same idempotency key, so that it makes one
 * job. Lists are read whole, page by page.
 *
 * <p>Every method throws {@link ApiException} with the catalog's code and sentence; {@link ErrorCode#UNAVAILABLE} when no
 * catalog answers, {@link ErrorCode#OUTCOME_UNKNOWN} when a request may have been done and no try of it was answered.
 * Interrupts end a request at once. Thread-safe.
 */
public final class CatalogClient implements AutoCloseable {

    private static final int PAGE = 1000;
    private static final int MAX_ITEMS = 200_000;

    private final Transport transport;
    private final JobWatch watch;

    public CatalogClient(CatalogAddress address) {
        this(address, Timing.standard(), Pause.real(), InstantSource.system());
    }

    public CatalogClient(CatalogAddress address, Timing timing, Pause pause, InstantSource clock) {
        this.transport = new Transport(address, timing, pause);
        this.watch = new JobWatch(this, transport, clock);
    }

    // ----- sources and virtual machines

    public List<SourceInfo> sources() throws InterruptedException {
        return all(new TypeReference<>() {}, after -> paged("/sources", after));
    }

    public SourceInfo addSource(SourceSpec spec) throws InterruptedException {
        return one(Call.post("/sources", spec, UUID.randomUUID()), new TypeReference<>() {});
    }

    /** Removes a source; answers what could not be cleaned up on its hypervisor, for people. */
    public List<String> removeSource(String name, boolean forget) throws InterruptedException {
        List<String> left = new ArrayList<>();
        transport
                .send(Call.delete(Paths.with(Paths.of("sources", name), "forget", forget ? true : null), null))
                .path("left")
                .forEach(line -> left.add(line.asText()));
        return List.copyOf(left);
    }

    /** A job that proves what a backup and a restore need of the source. */
    public JobInfo checkSource(String name) throws InterruptedException {
        return job(Call.post(Paths.of("sources", name, "check"), null, UUID.randomUUID()));
    }

    /**
     * VMs in order of (source, name).
     *
     * @param source only this source's
     * @param vm only those that {@code NAME}, {@code SOURCE/NAME} or an id names
     */
    public List<VmInfo> vms(@Nullable String source, @Nullable String vm) throws InterruptedException {
        String path = Paths.with(Paths.with("/vms", "source", source), "vm", vm);
        return all(new TypeReference<>() {}, after -> paged(path, after));
    }

    /** The one VM of that name: {@code vm-not-found} without, {@code vm-ambiguous} with several. */
    public VmInfo vm(String reference) throws InterruptedException {
        List<VmInfo> found = vms(null, reference);
        if (found.isEmpty()) {
            throw new ApiException(ErrorCode.VM_NOT_FOUND, "No source lists a VM '" + reference + "'.");
        }
        if (found.size() > 1) {
            List<String> names = found.stream()
                    .limit(5)
                    .map(v -> v.source() + "/" + v.name())
                    .toList();
            throw new ApiException(
                    ErrorCode.VM_AMBIGUOUS,
                    found.size() + " VMs are called '" + reference + "': say which one, by SOURCE/NAME or by id ("
                            + String.join(", ", names) + ").");
        }
        return found.getFirst();
    }

    // ----- snapshots

    public List<SnapshotInfo> snapshots(String vm) throws InterruptedException {
        return all(new TypeReference<>() {}, after -> paged(Paths.with("/snapshots", "vm", vm), after));
    }

    public JobInfo createSnapshot(SnapshotRequest request) throws InterruptedException {
        return job(Call.post("/snapshots", request, UUID.randomUUID()));
    }

    /**
     * Deletes one snapshot; its data goes into the disk it belongs to.
     *
     * @param vmId the VM's id within its source
     */
    public JobInfo deleteSnapshot(String source, String vmId, String name) throws InterruptedException {
        return job(Call.delete(Paths.of("snapshots", source, vmId, name), UUID.randomUUID()));
    }

    // ----- vaults

    public List<VaultInfo> vaults() throws InterruptedException {
        return all(new TypeReference<>() {}, after -> paged("/vaults", after));
    }

    /** The answer holds the recovery key, if one was made: this once. */
    public VaultAdded addVault(VaultSpec spec) throws InterruptedException {
        return one(Call.post("/vaults", spec, UUID.randomUUID()), new TypeReference<>() {});
    }

    /**
     * Takes the vault out of the catalog; its contents stay as they are.
     *
     * @param forget also when the catalog has restore points of it
     */
    public void removeVault(String name, boolean forget) throws InterruptedException {
        transport.send(Call.delete(Paths.with(Paths.of("vaults", name), "forget", forget ? true : null), null));
    }

    /** Asks for a collection of a vault. */
    public JobInfo collectVault(String name) throws InterruptedException {
        return job(Call.post(Paths.of("vaults", name, "collect"), null, UUID.randomUUID()));
    }

    /** Asks for the removal of a restore point. */
    public JobInfo deletePoint(UUID id) throws InterruptedException {
        return job(Call.delete(Paths.of("points", id.toString()), UUID.randomUUID()));
    }

    public JobInfo checkVault(String name) throws InterruptedException {
        return job(Call.post(Paths.of("vaults", name, "check"), null, UUID.randomUUID()));
    }

    // ----- restore points

    /** Restore points, of one VM or in one vault if said. */
    public List<PointInfo> points(@Nullable String vm, @Nullable String vault) throws InterruptedException {
        String path = Paths.with(Paths.with("/points", "vm", vm), "vault", vault);
        return all(new TypeReference<>() {}, after -> paged(path, after));
    }

    public PointInfo point(UUID id) throws InterruptedException {
        return one(Call.get(Paths.of("points", id.toString())), new TypeReference<>() {});
    }

    // ----- jobs

    public JobInfo backup(Requests.Backup request) throws InterruptedException {
        return backup(request, UUID.randomUUID());
    }

    /** The same with a key of the caller's: asked again with it, also later, the answer is the same job. */
    public JobInfo backup(Requests.Backup request, UUID key) throws InterruptedException {
        return job(Call.post("/backups", request, key));
    }

    public JobInfo restore(Requests.Restore request) throws InterruptedException {
        return restore(request, UUID.randomUUID());
    }

    /** The same with a key of the caller's: asked again with it, also later, the answer is the same job. */
    public JobInfo restore(Requests.Restore request, UUID key) throws InterruptedException {
        return job(Call.post("/restores", request, key));
    }

    /**
     * The first jobs of the catalog's list.
     *
     * @param limit at most that many, 1 to 1000
     */
    public List<JobInfo> jobs(@Nullable JobState state, @Nullable String vm, int limit) throws InterruptedException {
        String path = Paths.with(Paths.with("/jobs", "state", state), "vm", vm);
        return page(Call.get(Paths.with(path, "limit", limit)), new TypeReference<Page<JobInfo>>() {})
                .items();
    }

    public JobInfo job(UUID id) throws InterruptedException {
        return job(Call.get(Paths.of("jobs", id.toString())));
    }

    /** Asks for the job's end. The answer is the job as it is now, which may be running still. */
    public JobInfo cancelJob(UUID id) throws InterruptedException {
        return job(Call.post(Paths.of("jobs", id.toString(), "cancel"), null, UUID.randomUUID()));
    }

    /**
     * Follows a job to its end.
     *
     * @param deadline the wait ends then, the job does not; null: as long as it takes
     * @param seen is told every state that is seen, on the calling thread
     * @return the job as it ended, or as it was last seen
     */
    public JobInfo watch(UUID id, @Nullable Instant deadline, Consumer<JobInfo> seen) throws InterruptedException {
        return watch.toTheEnd(id, deadline, seen);
    }

    @Override
    public void close() {
        transport.close();
    }

    // ----- how

    private JobInfo job(Call call) throws InterruptedException {
        return one(call, new TypeReference<>() {});
    }

    private <T> T one(Call call, TypeReference<T> type) throws InterruptedException {
        return parse(call, transport.send(call), type);
    }

    private static String paged(String path, @Nullable String after) {
        return Paths.with(Paths.with(path, "limit", PAGE), "after", after);
    }

    private <T> List<T> all(TypeReference<Page<T>> type, Function<@Nullable String, String> path)
            throws InterruptedException {
        List<T> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String after = null;
        do {
            Page<T> page = page(Call.get(path.apply(after)), type);
            items.addAll(page.items());
            after = page.next();
            if (items.size() > MAX_ITEMS || (after != null && !seen.add(after))) {
                throw new ApiException(ErrorCode.INTERNAL, "The catalog's list does not end.");
            }
        } while (after != null);
        return items;
    }

    /** A page; short lists come as plain arrays. */
    private <T> Page<T> page(Call call, TypeReference<Page<T>> type) throws InterruptedException {
        JsonNode answer = transport.send(call);
        JsonNode page = answer.isArray() ? JsonNodeFactory.instance.objectNode().set("items", answer) : answer;
        Page<T> parsed = parse(call, page, type);
        if (parsed.items() == null) {
            throw unreadable(call);
        }
        return parsed;
    }

    private static <T> T parse(Call call, JsonNode answer, TypeReference<T> type) {
        try {
            return Json.convert(answer, type);
        } catch (IOException e) {
            // Without the cause's text: it may quote the answer.
            throw unreadable(call);
        }
    }

    private static ApiException unreadable(Call call) {
        return new ApiException(
                ErrorCode.INTERNAL,
                "The catalog's answer to " + call + " is not what this version of holdfast expects.");
    }
}
