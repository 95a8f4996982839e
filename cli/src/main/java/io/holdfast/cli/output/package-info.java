/** What people and programs read: tables and key/value lists, or one JSON document. */
@NullMarked
package io.holdfast.cli.output;

import org.jspecify.annotations.NullMarked;
