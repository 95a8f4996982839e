/** The suite on one machine as its user has it: {@code up}, {@code status}, {@code down}, and whatever may be killed between. */
@NullMarked
package io.holdfast.systemtests.launcher;

import org.jspecify.annotations.NullMarked;
