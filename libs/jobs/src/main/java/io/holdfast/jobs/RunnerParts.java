package io.holdfast.jobs;

import io.holdfast.api.rest.RunnerApi;
import java.util.concurrent.Executor;

/** What every attempt of one runner shares. */
record RunnerParts(RunnerApi api, CatalogLink link, RunnerTime time, Executor threads, JobRunnerOptions options) {}
