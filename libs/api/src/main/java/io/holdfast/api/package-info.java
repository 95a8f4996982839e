/**
 * What travels between Holdfast's services and its command line: records, error codes and REST interfaces. No behaviour
 * beyond validation. Field names are the words of the design and are the same in SQL, metrics and the command line.
 */
@NullMarked
package io.holdfast.api;

import org.jspecify.annotations.NullMarked;
