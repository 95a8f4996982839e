package io.holdfast.cli;

import picocli.CommandLine.Option;

/** How results are printed. */
public final class OutputOptions {

    /** Forms of a result. */
    public enum Form {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "Form of the result on standard output: ${COMPLETION-CANDIDATES}; json is one document."
                    + " Default: ${DEFAULT-VALUE}.")
    Form form = Form.table;

    public boolean json() {
        return form == Form.json;
    }
}
