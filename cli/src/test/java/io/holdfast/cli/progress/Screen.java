package io.holdfast.cli.progress;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody in front of a terminal sees: as many rows as it has and what scrolled off above, for the few control sequences
 * that are in use here. Any other fails the test.
 */
final class Screen {

    private final int rows;
    private final int columns;
    private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
    private int row;
    private int column;
    private boolean wraps = true;

    Screen(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
    }

    Screen show(ByteArrayOutputStream written) {
        String text = written.toString(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\u001b') {
                int end = i + 2;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                control(text.substring(i + 2, end), text.charAt(end));
                i = end;
            } else if (c == '\n') {
                lineFeed();
                column = 0;
            } else if (c == '\r') {
                column = 0;
            } else {
                put(c);
            }
        }
        return this;
    }

    /** Every line from the first that was ever written, without blank ones at the end. */
    List<String> lines() {
        List<String> seen = new ArrayList<>(
                lines.stream().map(line -> line.toString().stripTrailing()).toList());
        while (!seen.isEmpty() && seen.getLast().isEmpty()) {
            seen.removeLast();
        }
        return seen;
    }

    private void control(String number, char what) {
        switch (what) {
            // The cursor stops at the upper edge: what has scrolled off cannot be reached.
            case 'A' -> row = Math.max(Math.max(0, lines.size() - rows), row - Integer.parseInt(number));
            case 'J' -> {
                lines.subList(row + 1, lines.size()).clear();
                lines.get(row).setLength(Math.min(column, lines.get(row).length()));
            }
            case 'h', 'l' -> {
                if (!number.equals("?7")) {
                    throw new IllegalArgumentException("unknown mode " + number);
                }
                wraps = what == 'h';
            }
            default -> throw new IllegalArgumentException("unknown control sequence " + number + what);
        }
    }

    private void put(char c) {
        if (column == columns) {
            if (!wraps) {
                column--;
            } else {
                lineFeed();
                column = 0;
            }
        }
        StringBuilder line = lines.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column, c);
        column++;
    }

    private void lineFeed() {
        row++;
        if (row == lines.size()) {
            lines.add(new StringBuilder());
        }
    }
}
