package io.holdfast.local.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The suite's small state files. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT);

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not writable as JSON: " + value.getClass(), e);
        }
    }

    static void write(Path file, Object value) {
        Home.privateFile(file, text(value));
    }

    static Map<String, Integer> readIntegers(Path file) {
        return read(file, new TypeReference<Map<String, Integer>>() {}, Map.of());
    }

    static List<ProcessLedger.Entry> readEntries(Path file) {
        return read(file, new TypeReference<List<ProcessLedger.Entry>>() {}, List.of());
    }

    static SuiteFile readSuite(Path file) {
        return read(file, new TypeReference<SuiteFile>() {}, SuiteFile.NONE);
    }

    private static <T> T read(Path file, TypeReference<T> type, T absent) {
        String text = Home.readIfPresent(file);
        if (text == null || text.isEmpty()) {
            return absent;
        }
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The state file " + file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    private Json() {}
}
