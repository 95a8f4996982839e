package io.holdfast.systemtests.input;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.systemtests.history.Ground;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Plain requests to the catalog, for what no well-behaved client sends. */
final class Wire implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final String admin;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    Wire(Ground ground) throws IOException {
        SuiteFile suite = SuiteFile.of(ground.home());
        this.base = suite.catalog() + "/api/v1";
        this.admin = Files.readString(Path.of(suite.adminTokenFile())).strip();
    }

    String admin() {
        return admin;
    }

    /** Sends JSON as the admin; single quotes stand for double ones. */
    HttpResponse<String> send(String method, String path, @Nullable String body)
            throws IOException, InterruptedException {
        BodyPublisher publisher =
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.replace('\'', '"'));
        return send(method, path, publisher, admin);
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, @Nullable String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** The code of an answer that has to be a problem: the right media type, the status twice, a sentence, no stack. */
    static String code(HttpResponse<String> answer) throws IOException {
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .as("%d %s", answer.statusCode(), answer.body())
                .startsWith("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        assertThat(problem.path("detail").asText()).isNotBlank().doesNotContain("\tat ", "Exception");
        return problem.path("code").asText();
    }

    @Override
    public void close() {
        http.close();
    }
}
