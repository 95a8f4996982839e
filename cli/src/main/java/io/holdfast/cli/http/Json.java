package io.holdfast.cli.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.util.Objects;

/** JSON as the suite writes it: ISO-8601 instants, no nulls, unknown properties ignored. Thread-safe. */
public final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** One document, indented, for people and programs. */
    public static String pretty(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of ours is not JSON.", e);
        }
    }

    /** Reads a document. */
    public static <T> T read(String text, Class<T> type) throws IOException {
        return Objects.requireNonNull(MAPPER.readValue(text, type));
    }

    static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            // The cause may quote the value, and the value may hold a secret.
            throw new IllegalStateException("A record of ours is not JSON.");
        }
    }

    static JsonNode tree(String text) throws IOException {
        return MAPPER.readTree(text);
    }

    static <T> T convert(JsonNode tree, TypeReference<T> type) throws IOException {
        T value = MAPPER.readerFor(type).readValue(tree);
        if (value == null) {
            throw new IOException("null");
        }
        return value;
    }

    private Json() {}
}
