/**
 * Whatever is wrong from outside, asked through the front door of a whole suite: each has a code of its own and changes
 * nothing.
 */
@NullMarked
package io.holdfast.systemtests.input;

import org.jspecify.annotations.NullMarked;
