/** The verbs, one class each, in one file per noun. */
@NullMarked
package io.holdfast.cli.command;

import org.jspecify.annotations.NullMarked;
