package io.holdfast.cli.direct;

import io.holdfast.vault.Range;
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
import java.util.Optional;

/**
 * Where a file holds data, as its file system tells: lseek(2) with SEEK_DATA and SEEK_HOLE, which Java does not offer. Used by one
 * thread at a time.
 */
final class Holes implements AutoCloseable {

    private static final int O_RDONLY_CLOEXEC = 02000000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    /** No data from there to the end. */
    private static final int ENXIO = 6;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option WITH_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LSEEK = function(
            "lseek",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
            WITH_ERRNO);
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final int descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = arena.allocate(STATE);

    private Holes(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Of this file; empty where it cannot be opened this way. */
    static Optional<Holes> of(Path file) {
        try (Arena here = Arena.ofConfined()) {
            int opened = (int) OPEN.invokeExact(here.allocateFrom(file.toString()), O_RDONLY_CLOEXEC);
            return opened < 0 ? Optional.empty() : Optional.of(new Holes(opened));
        } catch (Throwable e) {
            throw new IllegalStateException("open(2) cannot be called", e);
        }
    }

    /** The first data at or after {@code offset}, within {@code size}; all the rest where the file system does not tell. */
    Optional<Range> next(long offset, long size) {
        if (offset >= size) {
            return Optional.empty();
        }
        long data = seek(offset, SEEK_DATA);
        if (data < 0) {
            return errno() == ENXIO ? Optional.empty() : Optional.of(new Range(offset, size - offset));
        }
        if (data >= size) {
            return Optional.empty();
        }
        long hole = seek(data, SEEK_HOLE);
        return Optional.of(new Range(data, (hole <= data ? size : Math.min(hole, size)) - data));
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    private long seek(long offset, int whence) {
        try {
            return (long) LSEEK.invokeExact(state, descriptor, offset, whence);
        } catch (Throwable e) {
            throw new IllegalStateException("lseek(2) cannot be called", e);
        }
    }

    @Override
    public void close() {
        try {
            int _ = (int) CLOSE.invokeExact(descriptor);
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
