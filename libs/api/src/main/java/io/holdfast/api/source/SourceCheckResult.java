package io.holdfast.api.source;

import java.util.List;

/**
 * The result of a {@code source-check} job that succeeded.
 *
 * @param lines what was tried and what could not be, in order, for people
 */
public record SourceCheckResult(List<String> lines) {}
