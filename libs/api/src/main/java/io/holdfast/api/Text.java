package io.holdfast.api;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Text that can be kept and shown: no control characters and no half of a surrogate pair. Also for JSON trees, whose texts may
 * be of several lines in any case.
 */
@Documented
@Constraint(validatedBy = {TextRule.OfText.class, TextRule.OfTree.class})
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE_USE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Text {

    String message() default "has characters that are no text";

    /** Whether line breaks and tabs are allowed. */
    boolean lines() default false;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
