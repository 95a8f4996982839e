/** The command line: one picocli tree, its surroundings, and what its exit codes mean. */
@NullMarked
package io.holdfast.cli;

import org.jspecify.annotations.NullMarked;
