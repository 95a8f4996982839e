/** What client and server share: the protocol's numbers, and bytes to and from a unix socket, TCP or TLS. */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd.wire;
