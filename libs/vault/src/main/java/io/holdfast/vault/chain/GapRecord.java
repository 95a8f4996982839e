package io.holdfast.vault.chain;

/**
 * Says that the chain goes on at a higher number: those between were given to points that the vault has lost.
 *
 * @param next the number after this record
 */
public record GapRecord(String vm, ChainLink link, long next) implements ChainRecord {}
