package io.holdfast.nbd;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A server that says whatever a test wants, to one client after the other. */
final class ScriptedServer implements AutoCloseable {

    static final int STRUCTURED = 0x668e33ef;
    static final int SIMPLE = 0x67446698;
    static final int SIZE = 1 << 20;

    private final ServerSocketChannel listening;
    private final Script script;
    private final CountDownLatch over = new CountDownLatch(1);

    /** What it says. */
    @FunctionalInterface
    interface Script {
        void play(DataInputStream in, DataOutputStream out) throws IOException;
    }

    /** How it answers a request whose cookie is given. */
    @FunctionalInterface
    interface Answer {
        void give(long cookie, DataOutputStream out) throws IOException;
    }

    ScriptedServer(Path socket, Script script) throws IOException {
        this.script = script;
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    /** An honest handshake, then this answer to each request. */
    static Script answering(Answer answer) {
        return (in, out) -> {
            handshake(in, out);
            while (true) {
                in.skipNBytes(8);
                long cookie = in.readLong();
                in.skipNBytes(12);
                answer.give(cookie, out);
                out.flush();
            }
        };
    }

    static void greet(DataInputStream in, DataOutputStream out) throws IOException {
        out.writeBytes("NBDMAGICIHAVEOPT");
        out.writeShort(3);
        out.flush();
        in.skipNBytes(4);
    }

    /** Structured replies, base:allocation as number 5, an export of {@link #SIZE} bytes. */
    static void handshake(DataInputStream in, DataOutputStream out) throws IOException {
        greet(in, out);
        while (true) {
            int option = readOption(in);
            if (option == 10) {
                option(out, option, 4, 4 + 15);
                out.writeInt(5);
                out.writeBytes("base:allocation");
            } else if (option == 7) {
                option(out, option, 3, 12);
                out.writeShort(0);
                out.writeLong(SIZE);
                out.writeShort(3);
            }
            option(out, option, 1, 0);
            out.flush();
            if (option == 7) {
                return;
            }
        }
    }

    static int readOption(DataInputStream in) throws IOException {
        in.skipNBytes(8);
        int option = in.readInt();
        in.skipNBytes(in.readInt());
        return option;
    }

    static void option(DataOutputStream out, int option, int type, int length) throws IOException {
        out.writeLong(0x3e889045565a9L);
        out.writeInt(option);
        out.writeInt(type);
        out.writeInt(length);
    }

    /** The head of a structured chunk. */
    static void chunk(DataOutputStream out, long cookie, int flags, int type, int length) throws IOException {
        out.writeInt(STRUCTURED);
        out.writeShort(flags);
        out.writeShort(type);
        out.writeLong(cookie);
        out.writeInt(length);
    }

    static void data(DataOutputStream out, long cookie, int flags, long offset, int length) throws IOException {
        chunk(out, cookie, flags, 1, 8 + length);
        out.writeLong(offset);
        out.write(new byte[length]);
    }

    static void hole(DataOutputStream out, long cookie, int flags, long offset, int length) throws IOException {
        chunk(out, cookie, flags, 2, 12);
        out.writeLong(offset);
        out.writeInt(length);
    }

    /** A status chunk: pairs of length and flags. */
    static void status(DataOutputStream out, long cookie, int flags, int context, int... pairs) throws IOException {
        chunk(out, cookie, flags, 5, 4 + 4 * pairs.length);
        out.writeInt(context);
        for (int number : pairs) {
            out.writeInt(number);
        }
    }

    private void serve() {
        try {
            while (true) {
                try (SocketChannel channel = listening.accept()) {
                    script.play(
                            new DataInputStream(Channels.newInputStream(channel)),
                            new DataOutputStream(Channels.newOutputStream(channel)));
                    // Says no more, but stays: the client has to find the end itself.
                    over.await();
                } catch (IOException e) {
                    if (!listening.isOpen()) {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        over.countDown();
        listening.close();
    }
}
