/** What ends: removing points, and collecting the packs that nothing needs any more. Internal to the vault. */
@NullMarked
package io.holdfast.vault.collect;

import org.jspecify.annotations.NullMarked;
