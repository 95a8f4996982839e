/**
 * Inside of the server. {@code Endpoint} accepts; each connection has a virtual thread that shakes hands
 * ({@code ServerHandshake}), then reads requests ({@code Transmission}) and hands each one to a virtual thread of its own,
 * their number bounded. Data passes through a bounded pool of buffers, so that memory depends neither on the number of
 * connections nor on the size of requests.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd.server;
