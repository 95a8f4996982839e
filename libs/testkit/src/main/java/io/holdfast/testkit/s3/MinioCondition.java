package io.holdfast.testkit.s3;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets tests run where there is a MinIO. */
final class MinioCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (MinioBinary.find().isPresent()) {
            return ConditionEvaluationResult.enabled("there is a MinIO");
        }
        // Surefire counts what was skipped and keeps the reason to its report.
        System.out.println("Skipped " + context.getDisplayName() + ": " + MinioBinary.MISSING);
        return ConditionEvaluationResult.disabled(MinioBinary.MISSING);
    }
}
