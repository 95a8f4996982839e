package io.holdfast.testkit.storage;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.storage.MeasuredObjectStore;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.RetryPolicy;
import io.holdfast.storage.RetryingObjectStore;
import io.holdfast.storage.StorageListener;
import io.holdfast.storage.faulty.FaultyObjectStore;
import java.util.random.RandomGenerator;

/** A decorator keeps every promise of what it decorates. */
class DecoratedObjectStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore open() {
        MonotonicClock clock = MonotonicClock.system();
        ObjectStore faulty = new FaultyObjectStore(new InMemoryObjectStore());
        ObjectStore retrying =
                new RetryingObjectStore(faulty, RetryPolicy.standard(), clock, RandomGenerator.getDefault());
        return new MeasuredObjectStore(retrying, StorageListener.NONE, clock);
    }
}
