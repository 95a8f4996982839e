/** What the use cases need from outside: tables, the gate to the hypervisors, the sealing of secrets. */
@NullMarked
package io.holdfast.catalog.app.port;

import org.jspecify.annotations.NullMarked;
