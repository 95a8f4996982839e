/** The typed client of snapshot-service behind the port Hypervisors. */
@NullMarked
package io.holdfast.catalog.snapshotclient;

import org.jspecify.annotations.NullMarked;
