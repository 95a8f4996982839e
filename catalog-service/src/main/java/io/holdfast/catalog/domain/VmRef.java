package io.holdfast.catalog.domain;

import io.holdfast.api.TextRule;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.VmInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How people name a VM: {@code NAME}, {@code SOURCE/NAME}, {@code SOURCE/ID} or its id alone.
 *
 * @param source absent: any
 * @param nameOrId exact
 */
public record VmRef(@Nullable String source, String nameOrId) {

    /** Reads a reference; the part before the first slash is the source. */
    public static VmRef parse(String text) {
        int slash = text.indexOf('/');
        String source = slash < 0 ? null : text.substring(0, slash);
        String rest = text.substring(slash + 1);
        boolean sourceOk = source == null || source.matches(io.holdfast.api.Patterns.NAME);
        if (rest.isBlank() || !sourceOk || !TextRule.holds(rest, false)) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "A VM is named NAME, SOURCE/NAME or by its id, without control characters.");
        }
        return new VmRef(source, rest);
    }

    /** The one VM that is meant among those that match by name or id. */
    public VmInfo choose(List<VmInfo> matches) {
        List<VmInfo> byId =
                matches.stream().filter(vm -> vm.id().equals(nameOrId)).toList();
        List<VmInfo> candidates = byId.isEmpty() ? matches : byId;
        if (candidates.isEmpty()) {
            throw new ApiException(ErrorCode.VM_NOT_FOUND, "There is no VM " + this + " on any source asked.");
        }
        if (candidates.size() > 1) {
            String where = candidates.stream()
                    .limit(10)
                    .map(vm -> vm.source() + "/" + vm.id())
                    .reduce((a, b) -> a + ", " + b)
                    .orElse("");
            throw new ApiException(
                    ErrorCode.VM_AMBIGUOUS, "Several VMs are called " + this + ": " + where + ". Name one of them.");
        }
        return candidates.getFirst();
    }

    @Override
    public String toString() {
        return source == null ? nameOrId : source + "/" + nameOrId;
    }
}
