/** Waiting for jobs: what is shown meanwhile, and what is said when the wait is broken off. */
@NullMarked
package io.holdfast.cli.progress;

import org.jspecify.annotations.NullMarked;
