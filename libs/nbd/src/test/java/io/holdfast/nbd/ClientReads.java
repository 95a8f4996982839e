package io.holdfast.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What every server has to stand: whole reads, random reads by several threads, a map that fits the data. */
final class ClientReads {

    private ClientReads() {}

    static void readsAll(NbdClient client, Content content) {
        assertThat(client.size()).isEqualTo(content.size());
        ByteBuffer all = ByteBuffer.allocate(content.size());
        client.read(0, all);
        assertThat(all.hasRemaining()).isFalse();
        assertThat(all.array()).isEqualTo(content.bytes());
        ByteBuffer direct = ByteBuffer.allocateDirect(content.size());
        client.read(0, direct);
        assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(content.bytes()));
    }

    static void readsRandomly(NbdClient client, Content content) {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<? extends Future<?>> tasks = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(n -> threads.submit(() -> readsOften(client, content, new Random(Content.SEED + n))))
                    .toList();
            for (Future<?> task : tasks) {
                task.get();
            }
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static void readsOften(NbdClient client, Content content, Random random) {
        for (int i = 0; i < 100; i++) {
            int offset = random.nextInt(content.size());
            int length = 1 + random.nextInt(Math.min(200_000, content.size() - offset));
            ByteBuffer target = ByteBuffer.allocate(length + 7).position(7);
            boolean hole = client.readInto(offset, target);
            assertThat(target.slice(7, length)).isEqualTo(ByteBuffer.wrap(content.bytes(), offset, length));
            assertThat(hole && !content.isZero(offset, offset + length)).isFalse();
        }
    }

    /** Contiguous, whole, merged; what is said to be zero is zero; returns the bytes said to be zero. */
    static long mapFits(NbdClient client, Content content) {
        List<NbdExtent> extents =
                client.extents(NbdExport.ALLOCATION, 0, content.size()).toList();
        assertThat(Content.merged(extents)).isEqualTo(extents);
        long at = 0;
        long zeros = 0;
        for (NbdExtent extent : extents) {
            assertThat(extent.offset()).isEqualTo(at);
            at = extent.end();
            if (extent.has(NbdExtent.ZERO)) {
                assertThat(content.isZero((int) extent.offset(), (int) extent.end()))
                        .isTrue();
                zeros += extent.length();
            }
        }
        assertThat(at).isEqualTo(content.size());
        return zeros;
    }
}
