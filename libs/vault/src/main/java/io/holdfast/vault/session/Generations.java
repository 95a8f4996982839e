package io.holdfast.vault.session;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.chain.WriteOnce;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.GenerationRecord;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The generations of a vault: each collection that finds something writes the next. Thread-safe. */
public final class Generations {

    private final ObjectStore store;
    private final KeyRing keys;
    private final SecureRandom random;

    public Generations(ObjectStore store, KeyRing keys, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.random = random;
    }

    /** The numbers of all objects that are named as generations, ascending; whatever they are. */
    public List<Long> numbers() {
        try (Stream<ObjectInfo> listed = store.list(Keys.GENERATIONS)) {
            return listed.map(info -> Keys.generation(info.key()))
                    .filter(OptionalLong::isPresent)
                    .map(OptionalLong::getAsLong)
                    .toList();
        }
    }

    /**
     * The newest that can be read, {@link GenerationRecord#NONE} when there is none. Passing over one that cannot is safe: whoever
     * records an older number is waited for.
     */
    public GenerationRecord newest() {
        for (long number : numbers().reversed()) {
            Optional<GenerationRecord> record = read(number);
            if (record.isPresent()) {
                return record.get();
            }
        }
        return GenerationRecord.NONE;
    }

    /** Puts a generation; false when its number is taken. */
    public boolean put(GenerationRecord record) {
        ObjectKey key = Keys.generation(record.number());
        return WriteOnce.put(store, key, Sealed.GENERATION.seal(keys, random, key, record.encode()));
    }

    private Optional<GenerationRecord> read(long number) {
        ObjectKey key = Keys.generation(number);
        try {
            return WriteOnce.read(store, key, VaultFormat.MAX_SEALED)
                    .map(object -> GenerationRecord.decode(Sealed.GENERATION.open(keys, key, object, Access.WRITE)))
                    .filter(record -> record.number() == number);
        } catch (FormatException e) {
            return Optional.empty();
        } catch (StorageException e) {
            if (ReadFailure.isOfObject(store, e)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
