package io.holdfast.api.point;

import org.jspecify.annotations.Nullable;

/**
 * The newest restore point of a VM that the catalog knows in a vault: what the vault's chain of manifests is compared with, so
 * that a roll-back is seen.
 *
 * @param vmName what the VM was called then, for people
 * @param sequence its number in the chain
 * @param hash SHA-256 of its manifest, 64 lower-case hexadecimal digits
 */
public record PointHead(String vm, @Nullable String vmName, long sequence, String hash) {}
