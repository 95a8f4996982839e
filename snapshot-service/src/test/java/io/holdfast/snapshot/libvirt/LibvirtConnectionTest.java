package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against libvirt's own test driver, which needs no daemon. */
class LibvirtConnectionTest {

    private static final int MORE_THAN_FIT = 100;

    private final LibvirtConnection connection = new LibvirtConnection("test", "test:///default");

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void callsThatFoundNoRoomAreNotCountedAsHanging() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        Semaphore refused = new Semaphore(0);
        Semaphore done = new Semaphore(0);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    connection.call("wait", Duration.ofMinutes(1), c -> {
                        Awaitility.await().until(() -> release.getCount() == 0);
                        return 1;
                    });
                    done.release();
                } catch (ApiException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                    refused.release();
                }
            }));
        }
        refused.acquire(MORE_THAN_FIT - 68);
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(done.availablePermits()).isEqualTo(68);
        assertThat(connection.<String>call("ask", c -> c.getType())).isEqualToIgnoringCase("test");
    }

    @Test
    void aCallThatOverrunsIsCountedUntilItComesBack() {
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 12; i++) {
            ApiException late = catchThrowableOfType(
                    ApiException.class,
                    () -> connection.call("hang", Duration.ofMillis(20), c -> {
                        Awaitility.await().until(() -> release.getCount() == 0);
                        return 1;
                    }));
            assertThat(late.code()).isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        }
        ApiException full = catchThrowableOfType(ApiException.class, () -> connection.call("ask", c -> c.getType()));
        assertThat(full.code()).isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
        release.countDown();
        Awaitility.await()
                .ignoreExceptions()
                .until(() -> connection.<String>call("ask", c -> c.getType()).equalsIgnoreCase("test"));
    }
}
