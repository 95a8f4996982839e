/** One class per kind of job, and the ports they need. */
@NullMarked
package io.holdfast.worker.app;

import org.jspecify.annotations.NullMarked;
