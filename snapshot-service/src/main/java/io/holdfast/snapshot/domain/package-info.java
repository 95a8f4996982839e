/** What snapshot-service keeps and decides: records, sealed steps, pure rules. Knows no framework and no hypervisor. */
@NullMarked
package io.holdfast.snapshot.domain;

import org.jspecify.annotations.NullMarked;
