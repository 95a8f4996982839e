package io.holdfast.cli.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.problem.ApiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogLocatorTest {

    @TempDir
    Path home;

    private void suite(String catalog) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".holdfast"));
        Files.writeString(folder.resolve("admin.jwt"), "admin.of.suite\n");
        Files.writeString(
                folder.resolve("suite.json"),
                "{\"catalog\": \"" + catalog + "\", \"adminTokenFile\": \"" + folder.resolve("admin.jwt")
                        + "\", \"x\": 1}");
    }

    private CatalogLocator locator(Map<String, String> variables) {
        return new CatalogLocator(variables, home);
    }

    @Test
    void without_anything_the_sentence_names_holdfast_up() {
        assertThatThrownBy(() -> locator(Map.of()).locate(null, null))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("holdfast up");
    }

    @Test
    void the_local_suite_is_found_with_its_own_token() throws Exception {
        suite("http://127.0.0.1:7070");
        CatalogAddress found = locator(Map.of()).locate(null, null);
        assertThat(found.url()).hasToString("http://127.0.0.1:7070");
        assertThat(found.token()).isEqualTo(new BearerToken("admin.of.suite"));
    }

    @Test
    void the_local_suites_token_goes_to_no_other_catalog() throws Exception {
        suite("http://127.0.0.1:7070");
        assertThat(locator(Map.of())
                        .locate("http://elsewhere.example:7070", null)
                        .token())
                .isNull();
        assertThat(locator(Map.of("HOLDFAST_URL", "http://elsewhere.example"))
                        .locate(null, null)
                        .token())
                .isNull();
        assertThat(locator(Map.of()).locate("http://127.0.0.1:7070", null).token())
                .isNotNull();
    }

    @Test
    void the_option_goes_before_the_environment_and_that_before_the_suite() throws Exception {
        suite("http://127.0.0.1:7070");
        Path option = Files.writeString(home.resolve("o"), "of.option\n");
        Path variable = Files.writeString(home.resolve("v"), "of.variable");
        var all = Map.of(
                "HOLDFAST_URL", "http://b", "HOLDFAST_TOKEN_FILE", variable.toString(), "HOLDFAST_TOKEN", "inline");
        assertThat(locator(all).locate("http://a", option))
                .isEqualTo(CatalogAddress.of("http://a", new BearerToken("of.option")));
        assertThat(locator(all).locate(null, null))
                .isEqualTo(CatalogAddress.of("http://b", new BearerToken("of.variable")));
        assertThat(locator(Map.of("HOLDFAST_TOKEN", "inline"))
                        .locate(null, null)
                        .token())
                .isEqualTo(new BearerToken("inline"));
    }

    @Test
    void holdfast_home_moves_the_suites_file() throws Exception {
        suite("http://127.0.0.1:7070");
        assertThatThrownBy(() -> locator(
                                Map.of("HOLDFAST_HOME", home.resolve("other").toString()))
                        .locate(null, null))
                .isInstanceOf(ApiException.class);
    }

    @Test
    void a_token_that_would_break_a_header_is_refused_unquoted() throws Exception {
        Path file = Files.writeString(home.resolve("t"), "secret\r\nX-Evil: 1");
        assertThatThrownBy(() -> locator(Map.of()).locate("http://a", file))
                .isInstanceOf(ApiException.class)
                .hasMessageNotContaining("secret");
        assertThat(new BearerToken("secret").toString()).doesNotContain("secret");
        assertThat(CatalogAddress.of("http://a", new BearerToken("secret")).toString())
                .doesNotContain("secret");
    }

    @Test
    void a_url_that_is_none_or_carries_a_password_is_refused() {
        for (String url : new String[] {"ftp://a", "127.0.0.1:7070", "http://u:p@a", "http://", "::", "http://a?b"}) {
            assertThatThrownBy(() -> locator(Map.of()).locate(url, null))
                    .as(url)
                    .isInstanceOf(ApiException.class)
                    .hasMessageNotContaining("u:p");
        }
    }

    @Test
    void a_huge_token_file_is_not_read_whole() throws Exception {
        Path file = Files.write(home.resolve("huge"), new byte[1 << 20]);
        assertThatThrownBy(() -> locator(Map.of()).locate("http://a", file)).isInstanceOf(ApiException.class);
    }
}
