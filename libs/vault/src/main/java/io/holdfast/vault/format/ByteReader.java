package io.holdfast.vault.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Reads the primitive types of the format; every length is checked against what is there before it is believed. */
public final class ByteReader {

    private final byte[] bytes;
    private final int end;
    private int at;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = Math.addExact(offset, length);
        if (offset < 0 || length < 0 || end > bytes.length) {
            throw new FormatException("range outside the bytes");
        }
    }

    public int remaining() {
        return end - at;
    }

    public int position() {
        return at;
    }

    public int u8() {
        need(1);
        return bytes[at++] & 0xff;
    }

    public int u16() {
        return (u8() << 8) | u8();
    }

    public int u32() {
        return (u16() << 16) | u16();
    }

    /** A u32 that has to be at most {@code max}. */
    public int u32(int max) {
        int value = u32();
        if (value < 0 || value > max) {
            throw new FormatException("number out of bounds");
        }
        return value;
    }

    public long u64() {
        return ((long) u32() << 32) | (u32() & 0xffffffffL);
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            if (shift == 63 && next > 1) {
                break;
            }
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new FormatException("varint too long");
    }

    /** A varint between 0 and {@code max}. */
    public long varint(long max) {
        long value = varint();
        if (value < 0 || value > max) {
            throw new FormatException("number out of bounds");
        }
        return value;
    }

    public byte[] raw(int length) {
        need(length);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    public void skip(int length) {
        need(length);
        at += length;
    }

    public byte[] bytes(int max) {
        return raw((int) varint(max));
    }

    /** A string of at most {@code max} bytes. */
    public String string(int max) {
        byte[] utf8 = bytes(max);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FormatException("not UTF-8");
        }
    }

    public String hex(int length) {
        return HexFormat.of().formatHex(raw(length));
    }

    public UUID uuid() {
        return new UUID(u64(), u64());
    }

    public Instant instant() {
        try {
            return Instant.ofEpochSecond(u64(), u32(999_999_999));
        } catch (DateTimeException e) {
            throw new FormatException("not an instant");
        }
    }

    public <T> Optional<T> opt(Function<ByteReader, T> read) {
        return switch (u8()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(read.apply(this));
            default -> throw new FormatException("neither there nor not");
        };
    }

    /** A list of at most {@code max} elements, each at least one byte long. */
    public <T> List<T> list(int max, Function<ByteReader, T> read) {
        int count = (int) varint(Math.min(max, remaining()));
        List<T> values = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            values.add(read.apply(this));
        }
        return values;
    }

    public <E extends Enum<E>> E code(E[] values) {
        int code = u8();
        if (code >= values.length) {
            throw new FormatException("unknown code");
        }
        return values[code];
    }

    /** Refuses bytes that are left over. */
    public void end() {
        if (at != end) {
            throw new FormatException("bytes left over");
        }
    }

    /** Refuses anything but these bytes. */
    public void expect(byte[] expected, String what) {
        if (!Arrays.equals(raw(expected.length), expected)) {
            throw new FormatException("not " + what);
        }
    }

    private void need(int length) {
        if (length < 0 || length > end - at) {
            throw new FormatException("cut short");
        }
    }
}
