package io.holdfast.local;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.local.suite.PartStatus;
import java.util.List;

/** {@code holdfast status -o json}. */
final class StatusJson {

    static String of(boolean running, String catalog, List<PartStatus> parts) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("running", running);
        root.put("catalog", catalog);
        ArrayNode list = root.putArray("parts");
        for (PartStatus part : parts) {
            list.addObject()
                    .put("name", part.name())
                    .put("pid", part.pid())
                    .put("since", part.lives() ? part.since().toString() : null)
                    .put("port", part.port())
                    .put("ready", part.ready())
                    .put("residentBytes", part.residentBytes());
        }
        return root.toPrettyString();
    }

    private StatusJson() {}
}
