/** The one queue: lease, renew, end, expire, cancel, and what is told to snapshot-service afterwards. */
@NullMarked
package io.holdfast.catalog.app.queue;

import org.jspecify.annotations.NullMarked;
