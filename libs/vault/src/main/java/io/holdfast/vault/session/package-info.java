/** Who writes to a vault: sessions of jobs, signs of their life, and the generations that collections count. */
@org.jspecify.annotations.NullMarked
package io.holdfast.vault.session;
