package io.holdfast.vault.format;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/** Writes the primitive types of the format into a growing buffer. */
public final class ByteWriter {

    private byte[] buffer;
    private int size;

    public ByteWriter(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    public int size() {
        return size;
    }

    public ByteWriter u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
        return this;
    }

    public ByteWriter u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    public ByteWriter u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    public ByteWriter u64(long value) {
        return u32((int) (value >>> 32)).u32((int) value);
    }

    public ByteWriter varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            u8((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        return u8((int) rest);
    }

    public ByteWriter raw(byte[] bytes) {
        return raw(bytes, 0, bytes.length);
    }

    public ByteWriter raw(byte[] bytes, int offset, int length) {
        room(length);
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
        return this;
    }

    public ByteWriter bytes(byte[] bytes) {
        return varint(bytes.length).raw(bytes);
    }

    public ByteWriter string(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public ByteWriter hex(String digits) {
        return raw(HexFormat.of().parseHex(digits));
    }

    public ByteWriter uuid(UUID id) {
        return u64(id.getMostSignificantBits()).u64(id.getLeastSignificantBits());
    }

    public ByteWriter instant(Instant when) {
        return u64(when.getEpochSecond()).u32(when.getNano());
    }

    /** The place of a constant in its enum, whose order is part of the format. */
    @SuppressWarnings("EnumOrdinal")
    public ByteWriter code(Enum<?> constant) {
        return u8(constant.ordinal());
    }

    public <T> ByteWriter opt(Optional<T> value, BiConsumer<ByteWriter, T> write) {
        u8(value.isPresent() ? 1 : 0);
        value.ifPresent(there -> write.accept(this, there));
        return this;
    }

    public <T> ByteWriter list(List<T> values, BiConsumer<ByteWriter, T> write) {
        varint(values.size());
        values.forEach(value -> write.accept(this, value));
        return this;
    }

    /** Forgets what was written, keeps the buffer. */
    public void reset() {
        size = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    private void room(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
        }
    }
}
