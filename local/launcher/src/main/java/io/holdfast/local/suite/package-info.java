/**
 * The suite on one machine: PostgreSQL, an S3 server and the four services as supervised processes under one state folder.
 *
 * <p>{@link io.holdfast.local.suite.Home} is the folder, {@link io.holdfast.local.suite.Suite} starts and stops the parts in
 * order, {@link io.holdfast.local.suite.SupervisedProcess} keeps one of them alive, and
 * {@link io.holdfast.local.suite.ProcessLedger} records every process started, so that whoever comes after a supervisor that
 * was killed finds exactly those and no others.
 */
@NullMarked
package io.holdfast.local.suite;

import org.jspecify.annotations.NullMarked;
