@NullMarked
package io.holdfast.restore.app;

import org.jspecify.annotations.NullMarked;
