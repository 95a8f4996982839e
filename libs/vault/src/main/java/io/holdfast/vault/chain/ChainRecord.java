package io.holdfast.vault.chain;

/** What can stand in a chain. */
public interface ChainRecord {

    /** The machine whose chain it is in. */
    String vm();

    /** Where it hangs. */
    ChainLink link();
}
