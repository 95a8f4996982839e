package io.holdfast.storage.minio;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.minio.GetObjectResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Reads the bytes of a GET's answer and checks that they are the object, or the range, whole. Closes the answer. */
record ReplyBody(ObjectKey key) {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    byte[] whole(GetObjectResponse answer, int maxBytes) {
        try (answer) {
            long length = length(answer.headers());
            Arguments.checkSize(key, length, maxBytes);
            byte[] body = read(answer, (int) length);
            checkCrc(answer.headers().get("x-amz-checksum-crc32c"), body);
            return body;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    byte[] range(GetObjectResponse answer, long offset, int length) {
        try (answer) {
            Matcher range =
                    CONTENT_RANGE.matcher(String.valueOf(answer.headers().get("Content-Range")));
            if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
                throw corrupt("another range than the one asked for");
            }
            Arguments.checkInside(key, offset, length, Long.parseLong(range.group(3)));
            if (length(answer.headers()) != length) {
                throw corrupt("a range of another length than the one asked for");
            }
            return read(answer, length);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private long length(Headers headers) {
        String length = String.valueOf(headers.get("Content-Length"));
        if (!LENGTH.matcher(length).matches()) {
            throw corrupt("no length");
        }
        return Long.parseLong(length);
    }

    private byte[] read(GetObjectResponse answer, int length) throws IOException {
        byte[] body = new byte[length];
        if (answer.readNBytes(body, 0, length) != length) {
            throw corrupt("fewer bytes than announced");
        }
        return body;
    }

    /** The sum that every put sends; servers that keep it give it back. One with a hyphen is not of the whole. */
    private void checkCrc(@Nullable String sum, byte[] body) {
        if (sum == null || sum.contains("-")) {
            return;
        }
        CRC32C crc = new CRC32C();
        crc.update(body);
        byte[] expected =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        if (!sum.equals(Base64.getEncoder().encodeToString(expected))) {
            throw corrupt("bytes whose CRC-32C is not the object's");
        }
    }

    private StorageException corrupt(String what) {
        return new StorageException(Kind.CORRUPT_REPLY, "The store answered " + what + " for object " + key + ".");
    }
}
