package io.holdfast.storage.directory;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks the folders in the order of the keys: a folder sorts as its name with a slash, so that {@code a-b} comes before
 * {@code a/b}, as in S3. Memory: one page of names for each level. Used by one thread.
 */
final class DirectoryListing implements Iterator<ObjectInfo> {

    private final ObjectPaths paths;
    private final String prefix;
    private final String startAfter;
    private final IoFailures failures;
    private final Deque<FolderPages> levels = new ArrayDeque<>();
    private @Nullable ObjectInfo upcoming;

    DirectoryListing(ObjectPaths paths, String prefix, String startAfter, IoFailures failures) {
        this.paths = paths;
        this.prefix = prefix;
        this.startAfter = startAfter;
        this.failures = failures;
        levels.push(new FolderPages(paths.root(), "", this::isWanted));
    }

    @Override
    public boolean hasNext() {
        while (upcoming == null && !levels.isEmpty()) {
            Arguments.checkInterrupt();
            advance(levels.element());
            if (levels.isEmpty() && upcoming == null) {
                // A disk that was unmounted meanwhile must not look like the end of the listing.
                paths.checkRoot();
            }
        }
        return upcoming != null;
    }

    @Override
    public ObjectInfo next() {
        if (!hasNext() || upcoming == null) {
            throw new NoSuchElementException("the listing has ended");
        }
        ObjectInfo info = upcoming;
        upcoming = null;
        return info;
    }

    private void advance(FolderPages level) {
        try {
            Optional<String> entry = level.next();
            if (entry.isEmpty()) {
                levels.pop();
            } else if (entry.get().endsWith("/")) {
                levels.push(new FolderPages(paths.root().resolve(entry.get()), entry.get(), this::isWanted));
            } else {
                upcoming = info(entry.get());
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Deleted meanwhile, or exchanged for a link: not there any more.
            levels.pop();
        } catch (IOException e) {
            throw failures.translated(e);
        }
    }

    private @Nullable ObjectInfo info(String key) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(
                    paths.root().resolve(key), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile() ? new ObjectInfo(new ObjectKey(key), found.size()) : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** @param entry a key, or the common beginning of a folder's keys with its slash */
    private boolean isWanted(String entry) {
        if (!entry.endsWith("/")) {
            return entry.startsWith(prefix) && entry.compareTo(startAfter) > 0;
        }
        boolean leadsThere = entry.startsWith(prefix) || prefix.startsWith(entry);
        return leadsThere && (entry.compareTo(startAfter) > 0 || startAfter.startsWith(entry));
    }
}
