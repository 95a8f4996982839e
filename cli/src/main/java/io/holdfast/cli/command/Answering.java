package io.holdfast.cli.command;

import io.holdfast.cli.OutputOptions;

/** A verb that answers with a table or a JSON document, be it that it failed. */
public interface Answering {

    /** How the answer is wanted. */
    OutputOptions output();
}
