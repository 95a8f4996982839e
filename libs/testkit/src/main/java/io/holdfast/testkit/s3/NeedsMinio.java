package io.holdfast.testkit.s3;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests with a real MinIO, see {@link MinioForTests}. Where the machine has none they are skipped, and the run says how to
 * get one: {@code minio} on the PATH, or named with {@code -Dholdfast.minio=}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(MinioCondition.class)
public @interface NeedsMinio {}
