/** The verbs for one machine: the suite up and down, the demo, in the same tree as the command line's own verbs. */
@NullMarked
package io.holdfast.local;

import org.jspecify.annotations.NullMarked;
