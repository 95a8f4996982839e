package io.holdfast.testkit.storage;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.directory.DirectoryObjectStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Puts objects without end, on some threads, and prints the number of each one that was acknowledged. */
final class PuttingChild {
    private PuttingChild() {}

    public static void main(String... arguments) throws Exception {
        ObjectStore store = DirectoryObjectStore.open(Path.of(arguments[0]), InstantSource.system());
        AtomicInteger next = new AtomicInteger(Integer.parseInt(arguments[1]));
        Together.spread(4, 4, thread -> putWithoutEnd(store, next));
    }

    private static Object putWithoutEnd(ObjectStore store, AtomicInteger next) {
        while (true) {
            int number = next.getAndIncrement();
            store.putIfAbsent(key(number), body(number));
            String line = number + "\n";
            synchronized (System.out) {
                System.out.print(line);
                System.out.flush();
            }
        }
    }

    static ObjectKey key(int number) {
        return ObjectKey.of("f" + number % 50, Integer.toString(number));
    }

    static byte[] body(int number) {
        Random random = new Random(number);
        byte[] body = new byte[random.nextInt(600_000)];
        random.nextBytes(body);
        return body;
    }
}
