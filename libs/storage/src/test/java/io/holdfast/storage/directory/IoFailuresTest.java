package io.holdfast.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IoFailuresTest {

    @Test
    void aFailureNamesTheObjectThatWasReadOrWritten() {
        IoFailures failures = new IoFailures(Path.of("/"));
        ObjectKey key = ObjectKey.of("packs", "ab", "abcd");
        StorageException read = failures.ofRead(key, new IOException("Input/output error"));
        assertThat(read.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(read).hasMessageContaining("packs/ab/abcd").hasMessageContaining("Input/output error");
        assertThat(failures.ofWrite(key, new IOException("Bad message"), 0)).hasMessageContaining("packs/ab/abcd");
    }
}
