package io.holdfast.cli.output;

import io.holdfast.cli.http.Json;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.function.Supplier;

/**
 * Where results go: a table or one JSON document to standard output; words about the work to standard error.
 *
 * @param json whether one JSON document is wanted
 * @param zone the reader's
 */
public record Report(PrintStream out, PrintStream err, boolean json, ZoneId zone) {

    /** The result, in the form that was asked for. */
    public void result(Object document, Supplier<Table> table) {
        if (json) {
            out.println(Json.pretty(document));
        } else {
            table.get().lines().forEach(out::println);
        }
        out.flush();
    }

    /** A result that is a sentence for people and a document for programs. */
    public void result(Object document, String sentence) {
        if (json) {
            out.println(Json.pretty(document));
        } else {
            out.println(Printable.text(sentence));
        }
        out.flush();
    }

    /** A word about the work. */
    public void note(String sentence) {
        err.println("holdfast: " + Printable.text(sentence));
        err.flush();
    }
}
