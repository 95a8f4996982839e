/** Manifests: the commit, and the hash chain of a VM. Internal to the vault. */
@NullMarked
package io.holdfast.vault.chain;

import org.jspecify.annotations.NullMarked;
