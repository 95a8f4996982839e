package io.holdfast.vault.chain;

import java.util.Optional;

/** A record on its way into a chain. */
public interface Draft {

    /** The record's body, linked so. Asked again when another writer took the number. */
    byte[] body(ChainLink link);

    /**
     * Told each record that others appended since the writer began, also what was removed again. An answer ends the append: that record
     * takes the draft's place. May throw to give up.
     *
     * @param counts whether it counts; false when it is removed
     */
    Optional<Slot.Linked> met(Slot.Linked other, boolean counts);

    /** Called when the chain has been looked at, before anything is put; may throw to give up. */
    default void beforePut() {}
}
