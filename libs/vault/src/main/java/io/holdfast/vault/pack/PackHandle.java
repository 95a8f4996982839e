package io.holdfast.vault.pack;

/** A pack by id; its size and the length of its directory are known when it is closed. Confined to one thread. */
public final class PackHandle {

    private final String id;
    private int size;
    private int directoryLength;

    public PackHandle(String id) {
        this.id = id;
    }

    public PackHandle(String id, int size, int directoryLength) {
        this.id = id;
        this.size = size;
        this.directoryLength = directoryLength;
    }

    public String id() {
        return id;
    }

    public int size() {
        return size;
    }

    public int directoryLength() {
        return directoryLength;
    }

    public void closed(int bytes, int directory) {
        size = bytes;
        directoryLength = directory;
    }
}
