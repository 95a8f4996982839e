/** Block maps: nodes, pack tables, building a map in disk order and walking one. Internal to the vault. */
@NullMarked
package io.holdfast.vault.map;

import org.jspecify.annotations.NullMarked;
