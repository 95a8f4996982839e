package io.holdfast.systemtests.history;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What takes longest begins first; then the classes on the {@link Ground}, which follow one another, so that it can end before
 * the last others. One of JUnit's threads takes classes from the end, so none waits for the ground.
 */
public final class LongestFirst implements ClassOrderer {

    /** The tag of what takes longest. */
    public static final String LONGEST = "longest";

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor c) -> !isLongest(c))
                        .thenComparing(c -> !onTheGround(c))
                        .thenComparing(c -> c.getTestClass().getName()));
        Ground.Once.expect(context.getClassDescriptors().stream()
                .filter(LongestFirst::onTheGround)
                .count());
    }

    private static boolean isLongest(ClassDescriptor descriptor) {
        return descriptor.findAnnotation(Tag.class).map(Tag::value).equals(Optional.of(LONGEST));
    }

    private static boolean onTheGround(ClassDescriptor descriptor) {
        return descriptor.findRepeatableAnnotations(ExtendWith.class).stream()
                .flatMap(with -> Arrays.stream(with.value()))
                .anyMatch(Ground.Once.class::equals);
    }
}
