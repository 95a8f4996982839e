package io.holdfast.storage.minio;

import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.net.ProtocolException;
import java.security.cert.CertificateException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * What a failure of S3 means to the caller. minio-java's exceptions are never handed on as causes: they hold traces of
 * requests.
 */
record S3Failures(String place) {

    private static final int MAX_TEXT = 200;

    StorageException translated(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case StorageException own -> own;
            case ErrorResponseException e -> fromReply(e);
            case ServerException e -> status(e.statusCode());
            case BoundedReplies.NotS3Exception e -> status(e.status());
            case BoundedReplies.TooLongException e -> told(Kind.CORRUPT_REPLY, String.valueOf(e.getMessage()));
            // A handshake may also be cut by a server that restarts: only a certificate that is refused is refused for
            // good.
            case SSLHandshakeException e when isOfCertificate(e) -> new StorageException(Kind.OTHER, untrusted(e), e);
            case SSLPeerUnverifiedException e -> new StorageException(Kind.OTHER, untrusted(e), e);
            case ProtocolException e -> new StorageException(Kind.CORRUPT_REPLY, sentence(e), e);
            case IOException e -> new StorageException(Kind.UNAVAILABLE, sentence(e), e);
            default ->
                told(
                        Kind.CORRUPT_REPLY,
                        "the answer is not understood (" + cause.getClass().getSimpleName() + ")");
        };
    }

    private static boolean isOfCertificate(SSLHandshakeException failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof CertificateException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private StorageException fromReply(ErrorResponseException failure) {
        String code = String.valueOf(failure.errorResponse().code());
        String message = String.valueOf(failure.errorResponse().message());
        int status = failure.response().code();
        return told(kind(code, message, status), code + ": " + message);
    }

    private static Kind kind(String code, String message, int status) {
        return switch (code) {
            case "NoSuchKey" -> Kind.NOT_FOUND;
            case "NoSuchBucket" -> Kind.NO_SUCH_STORE;
            case "InvalidRange" -> Kind.RANGE;
            case "AccessDenied",
                    "InvalidAccessKeyId",
                    "SignatureDoesNotMatch",
                    "ExpiredToken",
                    "InvalidToken",
                    "RequestTimeTooSkewed",
                    "AllAccessDisabled",
                    "AccountProblem" -> Kind.DENIED;
            case "XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded" -> Kind.FULL;
            case "InternalError" -> saysFull(message) ? Kind.FULL : Kind.UNAVAILABLE;
            // A full MinIO says IncompleteBody, too: the next try is told that it is full.
            case "IncompleteBody",
                    "BadDigest",
                    "InvalidDigest",
                    "XAmzContentSHA256Mismatch",
                    "XAmzContentChecksumMismatch" -> Kind.NOT_TAKEN;
            case "RequestTimeout", "SlowDown" -> Kind.UNAVAILABLE;
            default -> kind(status);
        };
    }

    /** Real MinIO answers a full drive with an InternalError that names the cause; see the README. */
    private static boolean saysFull(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("no space left")
                || text.contains("drive path full")
                || text.contains("disk quota exceeded")
                || text.contains("storage full");
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 401, 403 -> Kind.DENIED;
            case 416 -> Kind.RANGE;
            case 507 -> Kind.FULL;
            // 409: another conditional put of the same key is under way, and it is not known yet who wins.
            case 408, 409, 429 -> Kind.UNAVAILABLE;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.OTHER;
        };
    }

    private StorageException status(int status) {
        return told(kind(status), "HTTP status " + status);
    }

    private StorageException told(Kind kind, String text) {
        return new StorageException(kind, place + ": " + clean(text));
    }

    private String sentence(IOException failure) {
        String text = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return place + " does not answer: " + clean(text);
    }

    private String untrusted(IOException failure) {
        return place + " has a certificate that is not trusted: " + clean(String.valueOf(failure.getMessage()));
    }

    /** The server's words, cut and without control characters: they end in logs. */
    private static String clean(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "...";
    }
}
