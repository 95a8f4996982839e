package io.holdfast.api;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rule of {@link Text}. */
public final class TextRule {

    /** Whether this can be kept and shown. */
    public static boolean holds(String text, boolean lines) {
        return text.codePoints().noneMatch(c -> odd(c, lines));
    }

    private static boolean odd(int c, boolean lines) {
        boolean layout = c == '\n' || c == '\r' || c == '\t';
        return (Character.isISOControl(c) && !(lines && layout)) || Character.getType(c) == Character.SURROGATE;
    }

    /** The text cut to a length, with what cannot be kept replaced: for what must not be refused, such as a reason. */
    public static String mended(String text, int most) {
        String cut = text.substring(0, Math.min(text.length(), most)).replace('\0', ' ');
        // Encoding replaces halves of surrogate pairs.
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static boolean holds(JsonNode tree) {
        if (tree.isTextual()) {
            return holds(tree.textValue(), true);
        }
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            if (!holds(field.getKey(), false) || !holds(field.getValue())) {
                return false;
            }
        }
        if (tree.isArray()) {
            for (JsonNode item : tree) {
                if (!holds(item)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** For strings. */
    public static final class OfText implements ConstraintValidator<Text, CharSequence> {
        private boolean lines;

        @Override
        public void initialize(Text text) {
            lines = text.lines();
        }

        @Override
        public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
            return text == null || holds(text.toString(), lines);
        }
    }

    /** For JSON. */
    public static final class OfTree implements ConstraintValidator<Text, JsonNode> {
        @Override
        public boolean isValid(@Nullable JsonNode tree, ConstraintValidatorContext context) {
            return tree == null || holds(tree);
        }
    }

    private TextRule() {}
}
