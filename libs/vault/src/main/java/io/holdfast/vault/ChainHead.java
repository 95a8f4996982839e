package io.holdfast.vault;

/**
 * The newest manifest of a VM's chain, to be remembered outside the vault.
 *
 * @param sequence its number, at least 1
 * @param hash SHA-256 of the stored object, 64 lower-case hexadecimal digits
 */
public record ChainHead(long sequence, String hash) {}
