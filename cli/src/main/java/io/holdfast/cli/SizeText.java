package io.holdfast.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 1048576}, {@code 512MiB}, {@code 20G}: binary units, and none that could be read as decimal. */
public final class SizeText implements ITypeConverter<Long> {

    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,15})(?:([KMGT])(?:iB|i)?)?", Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no size: bytes, or a number with KiB, MiB, GiB or TiB are expected, as 20GiB");
        }
        String unit = parts.group(2);
        int shift = unit == null ? 0 : 10 * (1 + "KMGT".indexOf(unit.toUpperCase(Locale.ROOT)));
        try {
            return Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << shift);
        } catch (ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is more than any disk holds");
        }
    }
}
