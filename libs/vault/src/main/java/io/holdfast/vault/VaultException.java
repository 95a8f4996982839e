package io.holdfast.vault;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A failure of a vault, with the object and, where known, the disk range it touches. Holds no secret. */
public final class VaultException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What failed. */
    public enum Kind {
        /** No key slot opens with this passphrase. */
        WRONG_PASSPHRASE,
        /** There is no vault at this place. */
        NOT_A_VAULT,
        /** The place already holds a vault, or something else. */
        EXISTS,
        /** The vault or an object needs a version or feature that this program does not know. */
        UNSUPPORTED,
        /** An object is damaged, or not what its name says. */
        CORRUPT,
        /** An object that is needed is not there. */
        MISSING,
        /** A key that this writer needs holds an object that nobody with this vault's keys wrote. */
        FOREIGN_OBJECT,
        /** The base of an incremental cannot be used: back up in full. */
        BASE_NOT_USABLE,
        /** This session was declared dead meanwhile, because nothing was heard of it: begin again. */
        FENCED,
        /** Too many other writers, or foreign objects, in the way. */
        CONFLICT,
        /** The store did not say whether the manifest was stored; the next attempt of the job finds out. */
        OUTCOME_UNKNOWN,
        /** The disk that is backed up could not be read, or broke the rules of {@link DiskSource}. */
        SOURCE_FAILED
    }

    private final Kind kind;
    private final @Nullable String object;
    private final @Nullable String disk;
    private final transient @Nullable Range range;

    public VaultException(Kind kind, @Nullable String object, String message, @Nullable Throwable cause) {
        this(kind, object, null, null, message, cause);
    }

    public VaultException(Kind kind, @Nullable String object, String message) {
        this(kind, object, message, null);
    }

    private VaultException(
            Kind kind,
            @Nullable String object,
            @Nullable String disk,
            @Nullable Range range,
            String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.object = object;
        this.disk = disk;
        this.range = range;
    }

    /** The same failure, told of a range of a disk. */
    public VaultException at(String diskKey, Range where) {
        if (disk != null) {
            return this;
        }
        String message = getMessage() + " (disk " + diskKey + ", bytes " + where.offset() + " to " + where.end() + ")";
        return new VaultException(kind, object, diskKey, where, message, this);
    }

    /** What failed. */
    public Kind kind() {
        return kind;
    }

    /** Key of the object that is at fault. */
    public Optional<String> object() {
        return Optional.ofNullable(object);
    }

    /** Key of the disk that is touched, where known. */
    public Optional<String> disk() {
        return Optional.ofNullable(disk);
    }

    /** The range of the disk that is touched, where known. */
    public Optional<Range> range() {
        return Optional.ofNullable(range);
    }
}
