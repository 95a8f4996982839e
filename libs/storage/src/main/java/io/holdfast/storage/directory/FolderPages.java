package io.holdfast.storage.directory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The entries of one folder in order, a page at a time: each page is one pass over the folder that keeps the smallest
 * names after the last one given. A folder of a million objects costs some passes, never a million names in memory.
 */
final class FolderPages {

    private static final int PAGE = 4_096;
    /** What can be a segment of a key; everything else in the folder is not ours. */
    static final Pattern SEGMENT = Pattern.compile("[a-z0-9_-][a-z0-9._-]{0,127}");
    /** Levels of a key; deeper folders are not ours either. */
    private static final int MAX_DEPTH = 20;

    private final Path folder;
    private final String keyStart;
    private final Predicate<String> wanted;
    private final Queue<String> page = new ArrayDeque<>();
    private String last = "";
    private boolean complete;

    /** @param keyStart the folder's path below the root, with a slash at its end; empty for the root */
    FolderPages(Path folder, String keyStart, Predicate<String> wanted) {
        this.folder = folder;
        this.keyStart = keyStart;
        this.wanted = wanted;
        this.complete = keyStart.chars().filter(c -> c == '/').count() >= MAX_DEPTH;
    }

    /** The next key, or the next folder's keys' beginning with its slash. */
    Optional<String> next() throws IOException {
        if (page.isEmpty() && !complete) {
            readPage();
        }
        Optional<String> entry = Optional.ofNullable(page.poll());
        entry.ifPresent(name -> last = name);
        return entry;
    }

    private void readPage() throws IOException {
        TreeSet<String> smallest = new TreeSet<>();
        boolean more = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path path : entries) {
                String name = String.valueOf(path.getFileName());
                if (!SEGMENT.matcher(name).matches()) {
                    continue;
                }
                String entry = keyStart + name + (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "/" : "");
                if (entry.compareTo(last) > 0 && wanted.test(entry)) {
                    smallest.add(entry);
                    more |= smallest.size() > PAGE;
                    if (smallest.size() > PAGE) {
                        smallest.pollLast();
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        complete = !more;
        page.addAll(smallest);
    }
}
