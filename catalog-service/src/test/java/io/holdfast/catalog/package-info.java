/** Tests of the whole service: HTTP in front, PostgreSQL behind, a scripted snapshot-service beside. */
@NullMarked
package io.holdfast.catalog;

import org.jspecify.annotations.NullMarked;
