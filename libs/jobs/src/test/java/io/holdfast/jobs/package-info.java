@NullMarked
package io.holdfast.jobs;

import org.jspecify.annotations.NullMarked;
