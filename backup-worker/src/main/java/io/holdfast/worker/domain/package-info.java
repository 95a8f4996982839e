/** Pure rules: what a manifest says to people, what a failure means. */
@NullMarked
package io.holdfast.worker.domain;

import org.jspecify.annotations.NullMarked;
