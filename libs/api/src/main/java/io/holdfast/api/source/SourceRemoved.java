package io.holdfast.api.source;

import java.util.List;

/**
 * A source is removed.
 *
 * @param left what could not be cleaned up on its hypervisor, for people
 */
public record SourceRemoved(List<String> left) {}
