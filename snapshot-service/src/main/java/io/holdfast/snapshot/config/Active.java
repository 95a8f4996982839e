package io.holdfast.snapshot.config;

/** Said once in a process, when it begins to act: from then on it answers requests, reaps and leases jobs. */
public record Active() {}
