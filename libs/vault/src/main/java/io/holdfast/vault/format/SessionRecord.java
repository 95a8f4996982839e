package io.holdfast.vault.format;

import java.time.Instant;
import java.util.UUID;

/**
 * Says that attempts of a job began to store packs.
 *
 * @param id the session's own
 * @param moment the frozen view; attempts on the same one share the session
 * @param head sequence of the newest record of the chain then; manifests of the job come after it
 * @param generation the newest generation then: what it condemns the session does not refer to
 */
public record SessionRecord(
        UUID id, String vm, String job, String moment, UUID point, long head, long generation, Instant begun) {

    /** The id in keys. */
    public String hexId() {
        return id.toString().replace("-", "");
    }

    public byte[] encode() {
        return new ByteWriter(256)
                .uuid(id)
                .string(vm)
                .string(job)
                .string(moment)
                .uuid(point)
                .u64(head)
                .u64(generation)
                .instant(begun)
                .toByteArray();
    }

    public static SessionRecord decode(byte[] body) {
        ByteReader in = new ByteReader(body);
        SessionRecord session = new SessionRecord(
                in.uuid(),
                in.string(8192),
                in.string(8192),
                in.string(8192),
                in.uuid(),
                in.u64(),
                in.u64(),
                in.instant());
        in.end();
        return session;
    }
}
