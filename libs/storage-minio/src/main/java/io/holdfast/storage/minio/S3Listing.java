package io.holdfast.storage.minio;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.minio.messages.Item;
import io.minio.messages.ListBucketResultV2;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One listing, page by page. Checks what the server says: order, prefix, progress. Used by one thread. */
final class S3Listing implements Iterator<ObjectInfo> {

    /** Asks for one page: what starts with the prefix, from a token of the last page or after a key. */
    interface Pages {
        ListBucketResultV2 page(String prefix, @Nullable String startAfter, @Nullable String token);
    }

    /** How a key can begin; MinIO refuses to list anything with a segment of dots. */
    private static final Pattern KEY_BEGINNING =
            Pattern.compile("([a-z0-9_-][a-z0-9._-]{0,127}/){0,19}([a-z0-9_-][a-z0-9._-]{0,127})?");

    private static final Pattern KEY = Pattern.compile("[a-z0-9._/-]{1,700}");
    /** Pages in a row that hold none of our objects, after which the server is believed to lead us in a circle. */
    private static final int MAX_EMPTY_PAGES = 1_000;

    private final Pages pages;
    private final String folder;
    private final String prefix;
    private final String startAfter;
    private final Queue<ObjectInfo> page = new ArrayDeque<>();
    private String last = "";
    private @Nullable String token;
    private boolean complete;

    /** @param folder what the store puts before every key, with its slash; may be empty */
    S3Listing(Pages pages, String folder, String prefix, String startAfter) {
        this.pages = pages;
        this.folder = folder;
        this.prefix = prefix;
        this.startAfter = startAfter;
        // MinIO answers a start outside the prefix with nothing, also when it lies before it.
        boolean beyond = startAfter.compareTo(prefix) > 0 && !startAfter.startsWith(prefix);
        this.complete = beyond || !KEY_BEGINNING.matcher(prefix).matches();
    }

    @Override
    public boolean hasNext() {
        for (int empty = 0; page.isEmpty() && !complete; empty++) {
            if (empty > MAX_EMPTY_PAGES) {
                throw corrupt("pages without end");
            }
            readPage();
        }
        return !page.isEmpty();
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the listing has ended");
        }
        return page.remove();
    }

    private void readPage() {
        boolean inside = startAfter.startsWith(prefix) && !startAfter.isEmpty();
        ListBucketResultV2 result = pages.page(folder + prefix, inside ? folder + startAfter : null, token);
        for (Item item : result.contents()) {
            item.setEncodingType(result.encodingType());
            accept(item.objectName(), item.size());
        }
        token = result.nextContinuationToken();
        complete = !result.isTruncated();
        if (!complete && (token == null || token.isEmpty())) {
            throw corrupt("a page that is not the last but names no next one");
        }
    }

    private void accept(String name, long size) {
        if (!name.startsWith(folder + prefix)) {
            throw corrupt("an object outside the prefix");
        }
        Optional<ObjectKey> key = key(name.substring(folder.length()));
        if (key.isEmpty()) {
            return;
        }
        String value = key.get().value();
        if (value.compareTo(last) <= 0 || value.compareTo(startAfter) <= 0 || size < 0) {
            throw corrupt("objects out of order");
        }
        last = value;
        page.add(new ObjectInfo(key.get(), size));
    }

    /** The first name in a page that is no key of ours; an empty one only stands for the folder itself. */
    static Optional<String> stranger(ListBucketResultV2 page, String folder) {
        for (Item item : page.contents()) {
            item.setEncodingType(page.encodingType());
            String name = item.objectName();
            String inFolder = name.startsWith(folder) ? name.substring(folder.length()) : name;
            if (!inFolder.isEmpty() && key(inFolder).isEmpty()) {
                String cut = inFolder.substring(0, Math.min(80, inFolder.length()));
                return Optional.of(cut.replaceAll("\\p{Cntrl}", "?"));
            }
        }
        return Optional.empty();
    }

    private static Optional<ObjectKey> key(String name) {
        if (!KEY.matcher(name).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ObjectKey(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static StorageException corrupt(String what) {
        return new StorageException(Kind.CORRUPT_REPLY, "The store listed " + what + ".");
    }
}
