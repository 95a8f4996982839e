package io.holdfast.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectStoreUrlTest {

    @Test
    void a_directory_is_read() {
        assertThat(ObjectStoreUrl.parse("file:///mnt/backup%20share/vault/"))
                .isEqualTo(new ObjectStoreUrl.Directory(Path.of("/mnt/backup share/vault")));
    }

    @Test
    void a_bucket_is_read() {
        assertThat(ObjectStoreUrl.parse("s3+http://127.0.0.1:9000/backups"))
                .isEqualTo(new ObjectStoreUrl.S3(false, "127.0.0.1", 9000, "backups", ""));
        assertThat(ObjectStoreUrl.parse("S3+HTTPS://Store.Example/backups/team-a/vault_1/"))
                .isEqualTo(new ObjectStoreUrl.S3(true, "store.example", 443, "backups", "team-a/vault_1"));
        assertThat(ObjectStoreUrl.parse("s3+http://[::1]/backups"))
                .isEqualTo(new ObjectStoreUrl.S3(false, "[::1]", 80, "backups", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///srv/vault",
                "file:///srv/a%20b/%C3%A4",
                "s3+http://127.0.0.1:9000/backups",
                "s3+https://[::1]:9000/backups/a/b",
            })
    void the_text_of_a_url_reads_back_as_the_same(String text) {
        ObjectStoreUrl url = ObjectStoreUrl.parse(text);
        assertThat(url).hasToString(text);
        assertThat(ObjectStoreUrl.parse(url.toString())).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3+http://admin:hunter2@127.0.0.1:9000/backups",
                "s3+http://hunter2@127.0.0.1/backups",
                "file://admin:hunter2@host/share",
            })
    void credentials_are_refused_and_not_repeated(String text) {
        assertThatThrownBy(() -> ObjectStoreUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not carry a user name or a password")
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "'', begins with",
        "/srv/vault, begins with",
        "http://127.0.0.1/backups, begins with",
        "s3://backups, begins with",
        "file:/srv/vault, three slashes",
        "file://host/share, three slashes",
        "file:srv, three slashes",
        "file:///, root directory",
        "file:///srv/../etc, empty segment",
        "file:///srv/./x, empty segment",
        "file:///srv/%2e%2e/etc, empty segment",
        "file:///srv//x, empty segment",
        "file:///srv/a%2Fb, encoded slash",
        "file:///srv/a%00b, encoded slash",
        "file:///srv/a%0ab, control character",
        "file:///srv?x=1, no part after",
        "file:///srv#x, no part after",
        "file:///a b, Not a URL",
        "s3+http:///backups, no valid host",
        "s3+http://a_b/backups, no valid host",
        "s3+http://h:99999/backups, port",
        "s3+http://h:0/backups, port",
        "s3+http://h, no bucket",
        "s3+http://h/, no bucket",
        "s3+http://h/ab, 3 to 63",
        "s3+http://h/Backups, 3 to 63",
        "s3+http://h/back..ups, 3 to 63",
        "s3+http://h/192.168.1.1, 3 to 63",
        "s3+http://h/backups/../x, empty segment",
        "s3+http://h/backups/Upper, What follows",
        "s3+http://h/backups/.hidden, What follows",
    })
    void what_is_not_a_vault_url_is_refused_with_a_sentence(String text, String sentence) {
        assertThatThrownBy(() -> ObjectStoreUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void an_endless_url_is_refused() {
        assertThatThrownBy(() -> ObjectStoreUrl.parse("file:///" + "x".repeat(10_000)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
