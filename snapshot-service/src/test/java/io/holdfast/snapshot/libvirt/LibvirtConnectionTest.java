package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against libvirt's own test driver, which needs no daemon. */
class LibvirtConnectionTest {

    private static final int MORE_THAN_FIT = 100;

    private final LibvirtConnection connection = new LibvirtConnection("test", "test:///default", null);

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
                    if (e.code() == ErrorCode.UNAVAILABLE) {
                        refused.release();
                    }
                }
            }));
        }
        assertThat(refused.tryAcquire(MORE_THAN_FIT - 68, 30, TimeUnit.SECONDS)).isTrue();
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(done.availablePermits()).isEqualTo(68);
        assertThat(connection.<String>call("ask", c -> c.getType())).isEqualToIgnoringCase("test");
    }

    /** libvirt's test driver asks for what its file says. */
    private static String asking(Path folder) throws IOException {
        Path node = Files.writeString(
                folder.resolve("node.xml"),
                "<node><cpu><model>x</model></cpu><auth><user password='hunter2'>bob</user></auth></node>");
        return "test://" + node;
    }

    private static String type(String uri, @Nullable SourceCredentials credentials) {
        try (LibvirtConnection asked = new LibvirtConnection("asked", uri, credentials)) {
            return asked.<String>call("ask", c -> c.getType());
        }
    }

    @Test
    void aHypervisorThatAsksIsToldUserAndPassword(@TempDir Path folder) throws IOException {
        String uri = asking(folder);
        for (int i = 0; i < 50; i++) {
            assertThat(type(uri, new SourceCredentials("bob", "hunter2"))).isEqualToIgnoringCase("test");
        }
        assertThat(catchThrowableOfType(ApiException.class, () -> type(uri, new SourceCredentials("bob", "wrong")))
                        .code())
                .isEqualTo(ErrorCode.SOURCE_UNREACHABLE);
        ApiException unasked = catchThrowableOfType(ApiException.class, () -> type(uri, null));
        assertThat(unasked).isNotNull();
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
