package io.holdfast.api.rest;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Refuses a body that is too large: one that says so before a byte of it is read, one that does not say its length as soon as
 * too much has come. The HTTP server's own limit lies far above this one, because it answers without a problem.
 */
@Provider
@PreMatching
@ConstrainedTo(RuntimeType.SERVER)
public final class BodyLimit implements ContainerRequestFilter, ReaderInterceptor {

    /** The largest thing anybody sends is a VM's definition, of at most 1 MiB. */
    static final long MOST = 2 << 20;

    @Override
    public void filter(ContainerRequestContext request) {
        String length = request.getHeaderString(HttpHeaders.CONTENT_LENGTH);
        if (length != null && (!length.matches("[0-9]{1,18}") || Long.parseLong(length) > MOST)) {
            throw tooLarge();
        }
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext reading) throws IOException {
        var counted = new Counted(reading.getInputStream());
        reading.setInputStream(counted);
        try {
            Object body = reading.proceed();
            // What comes after the JSON counts too.
            counted.end();
            return body;
        } catch (IOException | RuntimeException e) {
            if (counted.left < 0) {
                throw tooLarge();
            }
            throw e;
        }
    }

    private static ApiException tooLarge() {
        return new ApiException(ErrorCode.BODY_TOO_LARGE, "A body has at most " + MOST + " bytes.");
    }

    /** Fails once more than the limit was read. */
    private static final class Counted extends FilterInputStream {

        private long left = MOST;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            return read(new byte[(int) Math.min(bytes, 8192)]);
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        /** The parser closes what it has read its value from; what comes after that is still to be counted. */
        @Override
        public void close() {}

        void end() throws IOException {
            byte[] dropped = new byte[8192];
            while (read(dropped, 0, dropped.length) >= 0) {
                // Counted, that is all.
            }
            super.close();
        }

        private void count(int read) throws IOException {
            left -= read;
            if (left < 0) {
                throw new IOException("the body is too large");
            }
        }
    }
}
