/** Tests of use cases that need no running service. */
@NullMarked
package io.holdfast.snapshot.app;

import org.jspecify.annotations.NullMarked;
