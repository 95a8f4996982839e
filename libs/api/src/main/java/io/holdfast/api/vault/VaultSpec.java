package io.holdfast.api.vault;

import io.holdfast.api.Patterns;
import io.holdfast.api.Text;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What an admin says of a vault. Secrets are write-only.
 *
 * @param url {@code s3+http://host:port/bucket[/prefix]}, {@code s3+https://...} or {@code file:///path}
 * @param passphrase opens the vault; absent: a recovery key is made and answered once
 */
public record VaultSpec(
        @NotNull @Pattern(regexp = Patterns.NAME) String name,
        @NotNull @Text @Size(min = 8, max = 1000) String url,
        @Nullable @Text @Size(max = 256) String accessKey,
        @Nullable @Text @Size(max = 256) String secretKey,
        @Nullable @Text @Size(min = 8, max = 1024) String passphrase) {
    @Override
    public String toString() {
        return "VaultSpec[" + name + ", " + url + "]";
    }
}
