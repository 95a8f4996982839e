package io.holdfast.vault.format;

import java.time.Instant;
import java.util.UUID;

/**
 * Says that a job began.
 *
 * @param head sequence of the newest manifest then; manifests of the job come after it
 */
public record SessionRecord(String vm, String job, UUID point, long head, Instant begun) {

    public byte[] encode() {
        return new ByteWriter(256)
                .string(vm)
                .string(job)
                .uuid(point)
                .u64(head)
                .instant(begun)
                .toByteArray();
    }

    public static SessionRecord decode(byte[] body) {
        ByteReader in = new ByteReader(body);
        SessionRecord session = new SessionRecord(in.string(8192), in.string(8192), in.uuid(), in.u64(), in.instant());
        in.end();
        return session;
    }
}
