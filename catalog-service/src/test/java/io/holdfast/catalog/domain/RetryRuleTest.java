package io.holdfast.catalog.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ErrorCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryRuleTest {

    @Test
    void exactlyInfrastructureIsTriedAgain() {
        Set<ErrorCode> retried = EnumSet.noneOf(ErrorCode.class);
        Arrays.stream(ErrorCode.values()).filter(RetryRule::retries).forEach(retried::add);
        assertThat(retried)
                .containsExactlyInAnyOrder(
                        ErrorCode.SOURCE_UNREACHABLE,
                        ErrorCode.HYPERVISOR_ERROR,
                        ErrorCode.HYPERVISOR_TIMEOUT,
                        ErrorCode.VM_BUSY,
                        ErrorCode.VIEW_NOT_FOUND,
                        ErrorCode.VIEW_LOST,
                        ErrorCode.TARGET_NOT_FOUND,
                        ErrorCode.TARGET_FILL_FAILED,
                        ErrorCode.NBD_ERROR,
                        ErrorCode.VAULT_UNREACHABLE,
                        ErrorCode.VAULT_NOT_READY,
                        ErrorCode.LEASE_LOST,
                        ErrorCode.FENCED,
                        ErrorCode.UNAVAILABLE,
                        ErrorCode.DEADLINE_EXCEEDED,
                        ErrorCode.OUTCOME_UNKNOWN,
                        ErrorCode.UNAUTHENTICATED,
                        ErrorCode.INTERNAL);
    }

    @Test
    void whateverACallerMayTryAgainAJobTriesAgain() {
        assertThat(ErrorCode.values()).filteredOn(ErrorCode::retryable).allMatch(RetryRule::retries);
    }
}
