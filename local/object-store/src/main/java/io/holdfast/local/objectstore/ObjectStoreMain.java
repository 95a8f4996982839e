package io.holdfast.local.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the server until SIGTERM or until standard input ends, which it does when the process that started this one dies.
 * Prints one line, {@code ready http://127.0.0.1:PORT}, when requests are answered. Ends with 0, with 1 when it cannot
 * start, with 2 when the command line is wrong.
 */
public final class ObjectStoreMain {
    private ObjectStoreMain() {}

    public static void main(String... arguments) throws InterruptedException {
        ServerOptions options;
        ServerCredentials credentials;
        try {
            options = ServerOptions.parse(arguments);
            credentials = ServerCredentials.read(options.credentialsFile());
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("object-store: " + e.getMessage() + System.lineSeparator() + ServerOptions.USAGE);
            System.exit(2);
            return;
        }
        System.exit(serve(options, credentials));
    }

    private static int serve(ServerOptions options, ServerCredentials credentials) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (ObjectStoreServer server = ObjectStoreServer.start(options, credentials)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> endAndWait(end, ended), "shutdown"));
            if (options.endsWithStdin()) {
                Thread.ofPlatform().daemon().name("stdin").start(() -> awaitEndOf(System.in, end));
            }
            System.out.println("ready " + server.address());
            System.out.flush();
            end.await();
            return 0;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.err.println("object-store: cannot serve: " + e.getMessage());
            return 1;
        } finally {
            ended.countDown();
        }
    }

    /** On SIGTERM the virtual machine ends when this returns: not before the server has stopped. */
    private static void endAndWait(CountDownLatch end, CountDownLatch ended) {
        end.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitEndOf(InputStream input, CountDownLatch end) {
        try {
            // Whatever is written there has no meaning; only its end has.
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("object-store: standard input broke: " + e.getMessage());
        } finally {
            end.countDown();
        }
    }
}
