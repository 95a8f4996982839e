/** What people ask for, checked and turned into jobs. */
@NullMarked
package io.holdfast.catalog.app.intake;

import org.jspecify.annotations.NullMarked;
