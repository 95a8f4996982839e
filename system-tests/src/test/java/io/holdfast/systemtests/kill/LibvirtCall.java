package io.holdfast.systemtests.kill;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Procedures of libvirt's remote protocol that change something, and the numbers of those that only read. */
enum LibvirtCall {
    DOMAIN_CREATE(9),
    DOMAIN_CREATE_XML(10),
    DOMAIN_DEFINE_XML(11),
    DOMAIN_DESTROY(12),
    DOMAIN_RESUME(28),
    STORAGE_VOL_CREATE_XML(93),
    STORAGE_VOL_DELETE(94),
    DOMAIN_ABORT_JOB(164),
    DOMAIN_MANAGED_SAVE_REMOVE(184),
    DOMAIN_SNAPSHOT_DELETE(193),
    DOMAIN_CREATE_WITH_FLAGS(196),
    STORAGE_VOL_UPLOAD(208),
    DOMAIN_UNDEFINE_FLAGS(231),
    DOMAIN_BLOCK_JOB_ABORT(237),
    DOMAIN_BLOCK_COPY(345),
    DOMAIN_CHECKPOINT_DELETE(417),
    DOMAIN_BACKUP_BEGIN(421);

    private static final int PROGRAM = 0x20008086;
    private static final int VERSION = 1;
    private static final int CALL = 0;

    /**
     * Connecting, looking up, listing, describing, and the like, also of events; refreshing a pool (83) changes only what
     * libvirt knows of it.
     */
    private static final List<Integer> READ = List.of(
            1, 2, 3, 4, 14, 16, 18, 20, 23, 24, 60, 66, 71, 72, 83, 84, 86, 87, 88, 91, 92, 95, 96, 97, 98, 99, 100,
            110, 150, 151, 154, 157, 163, 167, 168, 183, 187, 188, 189, 194, 209, 212, 238, 273, 412, 413, 415, 422);

    private final int procedure;

    LibvirtCall(int procedure) {
        this.procedure = procedure;
    }

    /** Its header on the wire behind the length, a character for a byte. */
    String pattern() {
        byte[] bytes = ByteBuffer.allocate(4 * Integer.BYTES)
                .putInt(PROGRAM)
                .putInt(VERSION)
                .putInt(procedure)
                .putInt(CALL)
                .array();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** As the tap tells it. */
    String request() {
        return Integer.toUnsignedString(PROGRAM) + " " + procedure;
    }

    /** Whether it is known that a request only reads. */
    static boolean onlyReads(String request) {
        return READ.stream().anyMatch(number -> request.equals(Integer.toUnsignedString(PROGRAM) + " " + number));
    }

    /** What a tap's account is of. */
    static Optional<LibvirtCall> of(String request) {
        return Arrays.stream(values())
                .filter(call -> call.request().equals(request))
                .findFirst();
    }
}
