/** Reading a restore point. Internal to the vault. */
@NullMarked
package io.holdfast.vault.read;

import org.jspecify.annotations.NullMarked;
