package io.holdfast.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns. A column whose name begins with {@code >} is aligned to the right. Not thread-safe. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> names = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... columns) {
        for (String column : columns) {
            boolean toTheRight = column.startsWith(">");
            right.add(toTheRight);
            names.add(toTheRight ? column.substring(1) : column);
        }
    }

    /** Two columns without a heading: what {@code show} prints. */
    public static Table ofFields() {
        return new Table();
    }

    /** A row; cells are made printable. */
    public Table row(String... cells) {
        if (!names.isEmpty() && cells.length != names.size()) {
            throw new IllegalArgumentException(cells.length + " cells in a row of " + names.size());
        }
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(Printable.text(cell));
        }
        rows.add(row);
        return this;
    }

    /** The lines, without trailing blanks. */
    public List<String> lines() {
        List<List<String>> all = new ArrayList<>();
        if (!names.isEmpty()) {
            all.add(names);
        }
        all.addAll(rows);
        int columns = all.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : all) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return all.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String blanks = " ".repeat(widths[i] - width(row.get(i)));
            boolean toTheRight = i < right.size() && right.get(i);
            line.append(i == 0 ? "" : GAP);
            line.append(toTheRight ? blanks + row.get(i) : row.get(i) + blanks);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
