package io.holdfast.nbd.server.handshake;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.WireInput;
import java.util.List;

/**
 * What a handshake ended with.
 *
 * @param transport under TLS if the server demands it
 * @param contexts selected meta contexts, in the order of their ids
 */
public record Chosen(Transport transport, WireInput in, NbdExport export, boolean structured, List<String> contexts) {}
