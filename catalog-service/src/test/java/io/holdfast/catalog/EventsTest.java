package io.holdfast.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EventsTest extends CatalogTest {

    private static List<String> watch(HttpClient client, String job, CompletableFuture<Void> ended) {
        List<String> lines = new CopyOnWriteArrayList<>();
        URI address = URI.create(io.restassured.RestAssured.baseURI + ":" + io.restassured.RestAssured.port + API
                + "/jobs/" + job + "/events");
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + Tokens.of("viewer"))
                .header("Accept", "text/event-stream")
                .build();
        Thread.ofVirtual().start(() -> {
            try {
                HttpResponse<java.io.InputStream> reply =
                        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                lines.add("type: " + reply.headers().firstValue("Content-Type").orElse(""));
                try (var reader =
                        new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
                    reader.lines().forEach(lines::add);
                }
                ended.complete(null);
            } catch (IOException | UncheckedIOException | InterruptedException e) {
                ended.completeExceptionally(e);
            }
        });
        return lines;
    }

    @Test
    void aWatcherSeesEachChangeAndTheStreamEndsWithTheJob() throws Exception {
        vault("v");
        String job = backup("web", "v");
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            List<String> lines = watch(client, job, ended);
            await().until(() -> lines.stream().anyMatch(line -> line.contains("\"state\":\"QUEUED\"")));
            await().until(() -> lines.stream().anyMatch(line -> line.startsWith(":")));
            JsonNode leased = lease("BACKUP_WORKER");
            await().until(() -> lines.stream().anyMatch(line -> line.contains("\"state\":\"RUNNING\"")));
            worker().body(Map.of(
                            "fencing", 1, "progress", Map.of("phase", "read", "doneBytes", 7, "totalBytes", 9)))
                    .post(API + "/runner/jobs/" + job + "/heartbeat")
                    .then()
                    .statusCode(200);
            await().until(() -> lines.stream().anyMatch(line -> line.contains("\"doneBytes\":7")));
            assertThat(ended).isNotDone();
            end(job, success(leased, point(leased, 1))).then().statusCode(204);
            ended.get(10, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(lines.getFirst()).startsWith("type: text/event-stream");
            List<String> data =
                    lines.stream().filter(line -> line.startsWith("data:")).toList();
            assertThat(data.getLast()).contains("\"state\":\"SUCCEEDED\"");
            assertThat(lines).contains("event:job");
        }
    }

    @Test
    void aStreamOfAJobThatHasEndedHasOneEvent() {
        vault("v");
        String job = backup("web", "v");
        admin().post(API + "/jobs/" + job + "/cancel");
        String text = given().auth()
                .oauth2(Tokens.admin())
                .accept("text/event-stream")
                .get(API + "/jobs/" + job + "/events")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(text).containsOnlyOnce("data:").contains("CANCELLED");
    }

    @Test
    void aChangeMadeByAnotherReplicaIsSeenToo() throws Exception {
        vault("v");
        String job = backup("web", "v");
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            List<String> lines = watch(client, job, ended);
            await().until(() -> lines.stream().anyMatch(line -> line.contains("QUEUED")));
            Database.run("update job set state = 'CANCELLED', ended_at = now(), version = version + 1 where id = '"
                    + job + "'");
            ended.get(10, java.util.concurrent.TimeUnit.SECONDS);
            assertThat(lines.stream().filter(line -> line.startsWith("data:")).count()).isEqualTo(2);
        }
    }
}
