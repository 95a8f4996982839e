package io.holdfast.systemtests.history;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One disk of a domain as libvirt defines it now.
 *
 * @param key the target, {@code vda}
 * @param format what its file is, never probed
 * @param file the file the domain writes to, an overlay where there are snapshots
 */
public record Disk(String key, String format, Path file) {

    private static final Pattern DISK = Pattern.compile("<disk [^>]*>.*?</disk>", Pattern.DOTALL);
    private static final Pattern DRIVER = Pattern.compile("<driver [^>]*type='([a-z0-9]+)'");
    private static final Pattern SOURCE = Pattern.compile("<source file='([^']+)'");
    private static final Pattern TARGET = Pattern.compile("<target dev='([a-z]+)'");

    /** The disks in a domain's definition, in its order. */
    public static List<Disk> in(String domainXml) {
        List<Disk> disks = new ArrayList<>();
        Matcher matcher = DISK.matcher(domainXml);
        while (matcher.find()) {
            String xml = matcher.group();
            // The first of each: a backing chain comes after them.
            disks.add(new Disk(group(TARGET, xml), group(DRIVER, xml), Path.of(group(SOURCE, xml))));
        }
        return disks;
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }
}
