package io.holdfast.storage;

import java.nio.file.Path;

/**
 * Where a store is: {@code file:///path} or {@code s3+http://host[:port]/bucket[/prefix]} (or {@code s3+https}). A URL
 * never carries a credential: it is shown, logged and stored in the open. {@code toString()} is the canonical text,
 * which {@link #parse} reads back as an equal value.
 */
public sealed interface ObjectStoreUrl {

    /**
     * Reads a URL, strictly: no user name or password, no query, no fragment, no empty, {@code .} or {@code ..} segment.
     *
     * @throws IllegalArgumentException with a sentence for people that never repeats what stands before an {@code @}
     */
    static ObjectStoreUrl parse(String text) {
        return ObjectStoreUrlParser.parse(text);
    }

    /**
     * A directory of this machine: a local disk or a mounted share.
     *
     * @param path absolute, normal, not the root
     */
    record Directory(Path path) implements ObjectStoreUrl {
        public Directory {
            if (!path.isAbsolute() || !path.normalize().equals(path) || path.getNameCount() == 0) {
                throw new IllegalArgumentException("Not an absolute, normal path below the root: " + path);
            }
        }

        @Override
        public String toString() {
            String uri = path.toUri().toString();
            return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        }
    }

    /**
     * A bucket of an S3 server, or a part of it.
     *
     * @param tls whether to speak HTTPS
     * @param host a name or an address; IPv6 in brackets
     * @param port 1 to 65535
     * @param bucket 3 to 63 characters of {@code [a-z0-9.-]}
     * @param prefix what every key begins with, without a slash at the end; empty for the whole bucket
     */
    record S3(boolean tls, String host, int port, String bucket, String prefix) implements ObjectStoreUrl {
        public S3 {
            ObjectStoreUrlParser.checkS3(host, port, bucket, prefix);
        }

        /** The server's own address, as {@code http://host:port}. */
        public String endpoint() {
            return (tls ? "https://" : "http://") + host + ":" + port;
        }

        @Override
        public String toString() {
            return "s3+" + endpoint() + "/" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        }
    }
}
