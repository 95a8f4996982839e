/**
 * {@code holdfast demo}: the main job, end to end, on a real guest, through the same front door that everybody uses.
 * {@link io.holdfast.local.demo.Demo} is the story; {@link io.holdfast.local.demo.DemoGround} is where it happens and what is
 * left of it: nothing.
 */
@NullMarked
package io.holdfast.local.demo;

import org.jspecify.annotations.NullMarked;
