package io.holdfast.cli.output;

import org.jspecify.annotations.Nullable;

/**
 * Text from outside, made fit for a terminal. Names and messages come from guests, hypervisors and stores: an escape
 * sequence in them would move the cursor, a direction mark would make one name look like another.
 */
public final class Printable {

    /** One line; what a terminal would act upon is a question mark. */
    public static String text(@Nullable String from) {
        if (from == null) {
            return "";
        }
        StringBuilder line = new StringBuilder(from.length());
        from.codePoints().map(Printable::shown).forEach(line::appendCodePoint);
        return line.toString();
    }

    private static int shown(int character) {
        if (character == '\n' || character == '\t' || character == '\r') {
            return ' ';
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> '?';
            default -> character;
        };
    }

    private Printable() {}
}
