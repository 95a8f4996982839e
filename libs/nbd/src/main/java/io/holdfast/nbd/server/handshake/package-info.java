/** The server's side of the handshake: TLS first where it is demanded, then options, until an export is chosen. */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd.server.handshake;
