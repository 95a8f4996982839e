package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.w3c.dom.Element;

/** A definition that a point keeps: never one that a restore could not be given. Pure. */
final class KeptDefinition {

    /** As JSON it may be twice as long, and a request of more than 2 MiB is refused. */
    private static final int MAX_BYTES = 512 << 10;

    private KeptDefinition() {}

    /** The definition, without its metadata where it is too large with them; {@code vm-definition-too-large}. */
    static String of(String definition, List<String> notes) {
        if (fits(definition)) {
            return definition;
        }
        Element root = Xml.parse(definition);
        Xml.remove(root, "metadata");
        String shorter = Xml.write(root);
        if (!fits(shorter)) {
            throw new ApiException(
                    ErrorCode.VM_DEFINITION_TOO_LARGE,
                    "The VM's definition is larger than " + MAX_BYTES + " bytes even without its metadata.");
        }
        notes.add("The metadata of the VM's definition is not in the backup: with it, the definition is larger than "
                + MAX_BYTES + " bytes.");
        return shorter;
    }

    private static boolean fits(String definition) {
        return definition.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }
}
