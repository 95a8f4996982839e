package io.holdfast.storage.minio;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Stands between minio-java, which reads errors and listings into memory whole, and a server that is not trusted: bounds
 * them, and tells apart what does not speak S3. Objects pass; their reader bounds them itself.
 */
final class BoundedReplies implements Interceptor {

    /** A listing of 1,000 keys of 1,024 bytes, each escaped, with owners and tags, stays below this. */
    private static final long MAX_BYTES = 8L << 20;

    /** A failure without S3's own words, as from a proxy in between. */
    static final class NotS3Exception extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        NotS3Exception(int status) {
            super("HTTP status " + status + " without an S3 error");
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** A reply that is longer than any honest one. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;

        TooLongException() {
            super("the reply is longer than " + MAX_BYTES + " bytes");
        }
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        boolean get = chain.request().method().equals("GET");
        boolean listing = chain.request().url().queryParameter("list-type") != null;
        if (response.isSuccessful() && get && !listing) {
            return response;
        }
        try (response) {
            ResponseBody body = response.peekBody(MAX_BYTES + 1);
            if (body.contentLength() > MAX_BYTES) {
                throw new TooLongException();
            }
            boolean head = chain.request().method().equals("HEAD");
            if (!response.isSuccessful() && !head && !isXml(body)) {
                throw new NotS3Exception(response.code());
            }
            return response.newBuilder().body(body).build();
        }
    }

    private static boolean isXml(ResponseBody body) {
        MediaType type = body.contentType();
        return type != null && type.subtype().equals("xml") && body.contentLength() > 0;
    }
}
