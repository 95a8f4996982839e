/** Proxies that stand between two real parts and hold or cut a connection at a chosen moment. */
@NullMarked
package io.holdfast.testkit.proxy;

import org.jspecify.annotations.NullMarked;
