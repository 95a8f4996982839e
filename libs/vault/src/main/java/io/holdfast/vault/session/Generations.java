package io.holdfast.vault.session;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.VaultException;
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

    private static final int MOST_LOOKS = 10;

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
     * The newest that authenticates, {@link GenerationRecord#NONE} when there is none. What nobody with this vault's keys wrote is passed
     * over; what was replaced by a newer one while it was looked for is looked for again.
     *
     * @throws StorageException when the store cannot read one
     */
    public GenerationRecord newest() {
        for (int looks = 1; ; looks++) {
            boolean moved = false;
            for (long number : numbers().reversed()) {
                Optional<byte[]> object = WriteOnce.read(store, Keys.generation(number), VaultFormat.MAX_SEALED);
                moved |= object.isEmpty();
                Optional<GenerationRecord> record = object.flatMap(bytes -> opened(number, bytes));
                if (record.isPresent()) {
                    return record.get();
                }
            }
            if (!moved) {
                return GenerationRecord.NONE;
            }
            if (looks == MOST_LOOKS) {
                throw new VaultException(
                        VaultException.Kind.CONFLICT, Keys.GENERATIONS, "one collection after another is under way");
            }
        }
    }

    /** Puts a generation; false when its number is taken. */
    public boolean put(GenerationRecord record) {
        ObjectKey key = Keys.generation(record.number());
        return WriteOnce.put(store, key, Sealed.GENERATION.seal(keys, random, key, record.encode()));
    }

    private Optional<GenerationRecord> opened(long number, byte[] object) {
        try {
            return Optional.of(GenerationRecord.decode(
                            Sealed.GENERATION.open(keys, Keys.generation(number), object, Access.WRITE)))
                    .filter(record -> record.number() == number);
        } catch (FormatException e) {
            return Optional.empty();
        }
    }
}
