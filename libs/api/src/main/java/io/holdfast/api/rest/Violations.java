package io.holdfast.api.rest;

import io.holdfast.api.Patterns;
import io.holdfast.api.problem.Problem;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What validation found, in words of whoever sent the request: the field alone, and for a pattern what it means. */
final class Violations {

    private static final Map<String, String> MEANINGS = Map.of(
            Patterns.NAME,
            "is 1 to 63 letters, digits, '.', '_' and '-', and begins with a letter or a digit",
            Patterns.HYPERVISOR_NAME,
            "is 1 to 128 letters, digits, '.', '_', '+' and '-', and begins with a letter, a digit or '_'",
            Patterns.DISK_KEY,
            "is a disk's name as the VM lists it, such as vda",
            Patterns.VM_ID,
            "is a VM's id as its source lists it");

    static List<Problem.Violation> of(ConstraintViolationException e) {
        return e.getConstraintViolations().stream()
                .map(v -> new Problem.Violation(field(v.getPropertyPath()), message(v)))
                .sorted(Comparator.comparing(Problem.Violation::field))
                .toList();
    }

    /** The path without the method, and without the parameter's name where it is a body with fields. */
    private static String field(Path path) {
        StringBuilder fields = new StringBuilder();
        String parameter = "";
        for (Path.Node node : path) {
            if (node.getKind() == ElementKind.PARAMETER) {
                parameter = node.getName();
            } else if (node.getKind() == ElementKind.PROPERTY) {
                fields.append(fields.isEmpty() ? "" : ".").append(node.getName());
            }
        }
        if (!fields.isEmpty()) {
            return fields.toString();
        }
        return parameter.isEmpty() ? path.toString() : parameter;
    }

    private static String message(ConstraintViolation<?> violation) {
        Object pattern = violation.getConstraintDescriptor().getAttributes().get("regexp");
        String meaning = pattern == null ? null : MEANINGS.get(pattern.toString());
        return meaning == null ? violation.getMessage() : meaning;
    }

    private Violations() {}
}
