/** The HTTP face: resources, filters, server-sent events. */
@NullMarked
package io.holdfast.catalog.rest;

import org.jspecify.annotations.NullMarked;
