@NullMarked
package io.holdfast.restore.vault;

import org.jspecify.annotations.NullMarked;
