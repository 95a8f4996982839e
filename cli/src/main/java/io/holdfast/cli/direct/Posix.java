package io.holdfast.cli.direct;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * An open file of the C library, for what Java does not offer: open(2) with O_EXCL on block devices, lseek(2) with SEEK_DATA and
 * SEEK_HOLE. Numbers are Linux's. Used by one thread at a time.
 */
final class Posix implements AutoCloseable {

    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_EXCL = 0200;
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    static final int ENXIO = 6;
    static final int EBUSY = 16;

    private static final int O_CLOEXEC = 02000000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            WITH_ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LSEEK = function(
            "lseek",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
            WITH_ERRNO);
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(STATE);
    private final int descriptor;

    private Posix(Path file, int flags) {
        try (Arena here = Arena.ofConfined()) {
            descriptor = (int) OPEN.invokeExact(state, here.allocateFrom(file.toString()), flags | O_CLOEXEC);
        } catch (Throwable e) {
            arena.close();
            throw new IllegalStateException("open(2) cannot be called", e);
        }
    }

    /** Opens it, or does not: see {@link #isOpen}. */
    static Posix open(Path file, int flags) {
        return new Posix(file.toAbsolutePath(), flags);
    }

    boolean isOpen() {
        return descriptor >= 0;
    }

    /** Of the last call that failed. */
    int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    /** The new offset, or -1. */
    long seek(long offset, int whence) {
        try {
            return (long) LSEEK.invokeExact(state, descriptor, offset, whence);
        } catch (Throwable e) {
            throw new IllegalStateException("lseek(2) cannot be called", e);
        }
    }

    @Override
    public void close() {
        try {
            if (isOpen()) {
                int _ = (int) CLOSE.invokeExact(descriptor);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("close(2) cannot be called", e);
        } finally {
            arena.close();
        }
    }

    @SuppressWarnings("restricted") // native access is granted to whoever starts the command line
    private static MethodHandle function(String name, FunctionDescriptor shape, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, options);
    }
}
