package io.holdfast.testkit.storage;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.storage.ObjectStore;

class InMemoryObjectStoreTest extends ObjectStoreContract {
    @Override
    protected ObjectStore open() {
        return new InMemoryObjectStore();
    }
}
