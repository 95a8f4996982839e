/** What the service tells over HTTP. */
@NullMarked
package io.holdfast.restore.rest;

import org.jspecify.annotations.NullMarked;
