/** Contract tests against real peers, and against scripted hostile ones. */
@org.jspecify.annotations.NullMarked
package io.holdfast.nbd;
