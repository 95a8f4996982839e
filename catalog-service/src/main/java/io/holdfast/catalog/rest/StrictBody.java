package io.holdfast.catalog.rest;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.lang.reflect.Type;
import java.util.function.BiFunction;

/**
 * Reads what people send: a field that is not known is a mistake, and ignoring it may do something else than was meant
 * ({@code disk} for {@code disks} would restore all of them). Between services unknown fields are fine: one is newer.
 */
public final class StrictBody implements BiFunction<ObjectMapper, Type, ObjectReader> {

    @Override
    public ObjectReader apply(ObjectMapper json, Type type) {
        return json.reader().with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }
}
