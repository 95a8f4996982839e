package io.holdfast.vault.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** zstd at level 3, decompressed only into a buffer of the promised length. */
public final class Zstd3 {

    private Zstd3() {}

    /** The compressed bytes, or the same array when compressing saves less than 1/32. */
    public static byte[] compress(byte[] raw) {
        byte[] packed = Zstd.compress(raw, 3);
        return packed.length < raw.length - raw.length / 32 ? packed : raw;
    }

    /** Decompresses what must be exactly {@code rawLength} bytes. */
    public static byte[] decompress(byte[] packed, int rawLength) {
        byte[] raw = new byte[rawLength];
        try {
            long length = Zstd.decompressByteArray(raw, 0, rawLength, packed, 0, packed.length);
            if (length == rawLength) {
                return raw;
            }
        } catch (ZstdException e) {
            throw new FormatException("zstd: " + e.getMessage());
        }
        throw new FormatException("compressed data of another length");
    }

    /** Undoes a codec of the format. */
    public static byte[] decode(int codec, byte[] payload, int rawLength) {
        if (codec == VaultFormat.CODEC_ZSTD) {
            return decompress(payload, rawLength);
        }
        if (codec != VaultFormat.CODEC_STORED || payload.length != rawLength) {
            throw new FormatException("unknown codec or wrong length");
        }
        return payload;
    }
}
