/**
 * Inside of the client. {@code Handshake} agrees on an export; {@code Connection} owns the wire: callers write requests
 * under a lock and wait, one reader thread matches replies to {@code Pending} requests by their cookie and checks them.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd.client;
