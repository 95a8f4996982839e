/** Pure rules: sealed export names, which disks, what a failure means. */
@NullMarked
package io.holdfast.restore.domain;

import org.jspecify.annotations.NullMarked;
