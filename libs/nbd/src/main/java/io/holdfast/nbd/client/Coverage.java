package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import java.util.Map;
import java.util.TreeMap;

/** Which bytes of a request a reply has covered. Ranges may come in any order, but never twice. */
final class Coverage {

    /** Servers send in order, give or take; a reply in more loose pieces than this is an attack on memory. */
    private static final int MAX_PIECES = 4_096;

    private final int length;
    private final TreeMap<Integer, Integer> pieces = new TreeMap<>();

    Coverage(int length) {
        this.length = length;
    }

    /** Adds {@code [start, start + count)}; both come from the peer. */
    void add(long start, long count) {
        if (start < 0 || count < 1 || start > length || count > length - start) {
            throw NbdException.protocol("a reply holds bytes that were not asked for");
        }
        int from = (int) start;
        int to = (int) (start + count);
        Map.Entry<Integer, Integer> before = pieces.lowerEntry(to);
        if (before != null && before.getValue() > from) {
            throw NbdException.protocol("a reply holds the same bytes twice");
        }
        if (before != null && before.getValue() == from) {
            from = before.getKey();
        }
        Integer end = pieces.remove(to);
        pieces.put(from, end == null ? to : end);
        if (pieces.size() > MAX_PIECES) {
            throw NbdException.protocol("a reply comes in too many pieces");
        }
    }

    boolean complete() {
        Integer end = pieces.get(0);
        return length == 0 || (end != null && end == length);
    }
}
