package io.holdfast.nbd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BufferPoolTest {

    @Test
    void aConnectionThatHoldsNothingAlwaysGetsABuffer() throws Exception {
        BufferPool pool = new BufferPool(2, 3);
        BufferPool.Share greedy = pool.share();
        for (int i = 0; i < 3; i++) {
            greedy.take();
        }
        BufferPool.Share honest = pool.share();
        for (int i = 0; i < 100; i++) {
            honest.giveBack(honest.take());
        }
        assertThat(honest.take()).isNotNull();
    }

    @Test
    void whoWaitsForTheCommonStoreGetsTheConnectionsOwnBufferWhenThatIsFreed() throws Exception {
        BufferPool pool = new BufferPool(1, 2);
        BufferPool.Share greedy = pool.share();
        greedy.take();
        greedy.take();
        BufferPool.Share honest = pool.share();
        ByteBuffer own = honest.take();
        CompletableFuture<ByteBuffer> second = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                second.complete(honest.take());
            } catch (InterruptedException e) {
                second.completeExceptionally(e);
            }
        });
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        assertThat(second).isNotDone();
        honest.giveBack(own);
        assertThat(second.get(20, TimeUnit.SECONDS)).isSameAs(own);
    }

    @Test
    void aLackOfMemoryLosesNoPlace() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        BufferPool pool = new BufferPool(1, 2, () -> {
            if (full.get()) {
                throw new OutOfMemoryError("for a test");
            }
            return ByteBuffer.allocate(1);
        });
        BufferPool.Share share = pool.share();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(share::take).isInstanceOf(OutOfMemoryError.class);
        }
        full.set(false);
        ByteBuffer first = share.take();
        assertThat(share.take()).isNotSameAs(first);
    }
}
