package io.holdfast.storage.faulty;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.Operation;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Does what its script says to chosen calls and hands all others through:
 *
 * <pre>{@code
 * faulty.on(Operation.PUT).nth(3).thenLoseReply();
 * ... what is tested ...
 * faulty.assertEveryFaultHit();
 * }</pre>
 *
 * Several lines may strike one call: they act in the order of the script, first what comes before the call, then damage,
 * then what comes after it, last a lost reply. Safe for any number of threads.
 */
public final class FaultyObjectStore implements ObjectStore {

    private final ObjectStore inner;
    private final List<ScriptedFault> script = new CopyOnWriteArrayList<>();

    public FaultyObjectStore(ObjectStore inner) {
        this.inner = inner;
    }

    /** Begins a line of the script: every call of this operation, unless narrowed. */
    public ScriptedFault.Calls on(Operation operation) {
        return new ScriptedFault.Calls(this, operation, key -> true, 1, Integer.MAX_VALUE);
    }

    /** Fails when a line of the script never struck: such a test has not tested what it says. */
    public void assertEveryFaultHit() {
        List<ScriptedFault> missed =
                script.stream().filter(fault -> !fault.wasHit()).toList();
        if (!missed.isEmpty()) {
            throw new AssertionError("never hit: " + missed);
        }
    }

    /** Forgets the script. */
    public void clear() {
        script.clear();
    }

    void add(ScriptedFault fault) {
        script.add(fault);
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        List<FaultAction> actions = struck(Operation.PUT, key.value());
        return play(actions, () -> inner.putIfAbsent(key, damaged(actions, body)), UnaryOperator.identity());
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        List<FaultAction> actions = struck(Operation.GET, key.value());
        return play(actions, () -> inner.get(key, maxBytes), found -> found.map(body -> damaged(actions, body)));
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        List<FaultAction> actions = struck(Operation.RANGE, key.value());
        return play(actions, () -> inner.getRange(key, offset, length), body -> damaged(actions, body));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return play(struck(Operation.HEAD, key.value()), () -> inner.head(key), UnaryOperator.identity());
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        return play(struck(Operation.LIST, prefix), () -> inner.list(prefix, startAfter), UnaryOperator.identity());
    }

    @Override
    public void delete(ObjectKey key) {
        Supplier<ObjectKey> call = () -> {
            inner.delete(key);
            return key;
        };
        play(struck(Operation.DELETE, key.value()), call, UnaryOperator.identity());
    }

    @Override
    public Optional<String> stranger() {
        return inner.stranger();
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void close() {
        inner.close();
    }

    private List<FaultAction> struck(Operation operation, String key) {
        return script.stream()
                .filter(fault -> fault.strikes(operation, key))
                .map(ScriptedFault::action)
                .toList();
    }

    private static <T> T play(List<FaultAction> actions, Supplier<T> call, UnaryOperator<T> damage) {
        actions.forEach(FaultyObjectStore::before);
        T result = damage.apply(call.get());
        actions.forEach(FaultyObjectStore::after);
        if (actions.stream().anyMatch(FaultAction.LoseReply.class::isInstance)) {
            throw new StorageException(Kind.UNAVAILABLE, "The reply was lost (scripted).");
        }
        return result;
    }

    private static void before(FaultAction action) {
        switch (action) {
            case FaultAction.Hold hold -> await(hold);
            case FaultAction.Before before -> before.act().run();
            case FaultAction.Fail fail -> throw new StorageException(fail.kind(), "Failed (scripted): " + fail.kind());
            default -> {}
        }
    }

    private static void after(FaultAction action) {
        if (action instanceof FaultAction.After after) {
            after.act().run();
        }
    }

    private static void await(FaultAction.Hold hold) {
        try {
            hold.release().await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Arguments.cancelled(e);
        }
    }

    private static byte[] damaged(List<FaultAction> actions, byte[] body) {
        byte[] result = body;
        for (FaultAction action : actions) {
            if (action instanceof FaultAction.Damage damage) {
                result = damage.change().apply(result);
            }
        }
        return result;
    }
}
