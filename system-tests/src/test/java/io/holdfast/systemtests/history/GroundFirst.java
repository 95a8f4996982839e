package io.holdfast.systemtests.history;

import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.extension.ExtendWith;

/** The classes on the {@link Ground} begin first and follow one another, so that it can end before the last others. */
public final class GroundFirst implements ClassOrderer {

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor c) -> !onTheGround(c))
                        .thenComparing(c -> c.getTestClass().getName()));
        Ground.Once.expect(context.getClassDescriptors().stream()
                .filter(GroundFirst::onTheGround)
                .count());
    }

    private static boolean onTheGround(ClassDescriptor descriptor) {
        return descriptor.findRepeatableAnnotations(ExtendWith.class).stream()
                .flatMap(with -> Arrays.stream(with.value()))
                .anyMatch(Ground.Once.class::equals);
    }
}
