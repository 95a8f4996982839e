/** What the worker tells over HTTP. */
@NullMarked
package io.holdfast.worker.rest;

import org.jspecify.annotations.NullMarked;
