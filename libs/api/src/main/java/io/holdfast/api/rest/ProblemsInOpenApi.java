package io.holdfast.api.rest;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** Describes in a service's OpenAPI document how every operation fails: with a problem and one of the codes. */
public final class ProblemsInOpenApi implements OASFilter {

    private static final String PROBLEM = "Problem";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        document.getComponents().addSchema(PROBLEM, problem());
        if (document.getPaths() == null || document.getPaths().getPathItems() == null) {
            return;
        }
        document.getPaths().getPathItems().values().stream()
                .flatMap(path -> path.getOperations().values().stream())
                .forEach(ProblemsInOpenApi::describe);
    }

    private static void describe(Operation operation) {
        if (operation.getResponses() == null) {
            operation.setResponses(OASFactory.createAPIResponses());
        }
        var content = OASFactory.createContent()
                .addMediaType(
                        Problem.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref("#/components/schemas/" + PROBLEM)));
        operation
                .getResponses()
                .addAPIResponse(
                        "default",
                        OASFactory.createAPIResponse()
                                .description("What went wrong; the status is that of the code.")
                                .content(content));
    }

    private static Schema problem() {
        List<Object> codes = new ArrayList<>();
        List<String> meanings = new ArrayList<>();
        for (ErrorCode code : ErrorCode.values()) {
            codes.add(code.wire());
            meanings.add(code.wire() + " " + code.status() + (code.retryable() ? ", may be tried again" : ""));
        }
        return type(Schema.SchemaType.OBJECT)
                .description("A failure, RFC 9457. Codes and their status: " + String.join("; ", meanings) + ".")
                .addProperty("type", text())
                .addProperty("title", text())
                .addProperty("status", type(Schema.SchemaType.INTEGER))
                .addProperty("code", text().enumeration(codes))
                .addProperty("detail", text())
                .addProperty("retryable", type(Schema.SchemaType.BOOLEAN))
                .addProperty("requestId", text())
                .addProperty(
                        "violations",
                        type(Schema.SchemaType.ARRAY)
                                .items(type(Schema.SchemaType.OBJECT)
                                        .addProperty("field", text())
                                        .addProperty("message", text())))
                .required(List.of("type", "title", "status", "code", "detail", "retryable"));
    }

    private static Schema text() {
        return type(Schema.SchemaType.STRING);
    }

    private static Schema type(Schema.SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }
}
