package io.holdfast.storage;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** One listing that is opened again after the last key given whenever it breaks. Used by one thread. */
final class ResumedListing implements Iterator<ObjectInfo> {

    private final ObjectStore inner;
    private final String prefix;
    private final Supplier<Attempts> attempts;
    private String last;
    private @Nullable Stream<ObjectInfo> open;
    private @Nullable Iterator<ObjectInfo> items;

    ResumedListing(ObjectStore inner, String prefix, String startAfter, Supplier<Attempts> attempts) {
        this.inner = inner;
        this.prefix = prefix;
        this.last = startAfter;
        this.attempts = attempts;
    }

    Stream<ObjectInfo> stream() {
        int shape = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, shape), false)
                .onClose(this::closeInner);
    }

    @Override
    public boolean hasNext() {
        return attempts.get().run(() -> {
            try {
                return items().hasNext();
            } catch (StorageException e) {
                closeInner();
                throw e;
            }
        });
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the listing has ended");
        }
        ObjectInfo info = items().next();
        last = info.key().value();
        return info;
    }

    private Iterator<ObjectInfo> items() {
        if (items == null) {
            open = inner.list(prefix, last);
            items = open.iterator();
        }
        return items;
    }

    private void closeInner() {
        if (open != null) {
            open.close();
        }
        open = null;
        items = null;
    }
}
