package io.holdfast.vault.chain;

import io.holdfast.vault.PointManifest;

/** What a key of a chain holds. */
public sealed interface Slot {

    /** A record that authenticates. */
    sealed interface Linked extends Slot {
        ChainRecord record();

        default String vm() {
            return record().vm();
        }

        default ChainLink link() {
            return record().link();
        }

        /** The number that follows in the chain. */
        default long next() {
            return link().sequence() + 1;
        }
    }

    /** A restore point. */
    record Point(PointManifest manifest) implements Linked {
        @Override
        public PointManifest record() {
            return manifest;
        }
    }

    /** Says which records are removed. */
    record Removal(RemovalRecord record) implements Linked {}

    /** Says that a session is dead. */
    record Fence(FenceRecord record) implements Linked {}

    /** Says at which number the chain goes on. */
    record Gap(GapRecord record) implements Linked {
        @Override
        public long next() {
            return record.next();
        }
    }

    /** Something else, with the SHA-256 of its bytes. */
    record Foreign(String hash, String why) implements Slot {}

    /** An object that the store has and cannot read. */
    record Unreadable(String why) implements Slot {}

    /** Nothing. */
    record Absent() implements Slot {}
}
