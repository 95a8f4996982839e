package io.holdfast.snapshot.domain;

/**
 * A volume of ours in a storage pool of the source.
 *
 * @param path where the hypervisor sees it
 * @param bytes how many bytes are reserved for it or, for a target's volume, the size the guest sees
 */
public record Volume(String pool, String name, String path, long bytes) {}
