/**
 * What every service's REST side shares: the wire interfaces that server and client both compile against, the one mapper
 * from failures to {@code application/problem+json}, and the client side of bearer tokens.
 */
@NullMarked
package io.holdfast.api.rest;

import org.jspecify.annotations.NullMarked;
