package io.holdfast.snapshot.config;

/** Ends this process; whoever supervises it starts another. */
public interface Exit {
    void now();
}
