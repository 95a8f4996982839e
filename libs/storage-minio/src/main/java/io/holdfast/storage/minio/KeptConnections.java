package io.holdfast.storage.minio;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Connections that are kept between requests are closed by servers and what stands before them, after half a minute or when
 * they restart, and who uses one finds out by a failure. Where one was closed the others mostly were: all that are idle are
 * given up, so that the next try has a fresh one. What only asks is tried again here, at once; a put is not, because
 * whoever sent it has to know that an earlier try may have been heard.
 */
record KeptConnections(ConnectionPool kept) implements Interceptor {

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        try {
            return chain.proceed(request);
        } catch (InterruptedIOException | ConnectException | ProtocolException e) {
            // Nobody answers, or somebody does: no connection that was closed.
            throw e;
        } catch (IOException e) {
            kept.evictAll();
            if (chain.call().isCanceled() || !onlyAsks(request)) {
                throw e;
            }
            return chain.proceed(request);
        }
    }

    private static boolean onlyAsks(Request request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }
}
