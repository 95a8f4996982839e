package io.holdfast.systemtests.kill;

import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.systemtests.kill.Arrow.Operation;
import io.holdfast.systemtests.kill.Message.When;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The services' calls of each other, from the JAX-RS interfaces. */
final class Calls {

    /** On which links each comes in an undisturbed backup or restore. */
    static final Map<String, List<Link>> DECIDED = Map.ofEntries(
            Map.entry("lease", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            Map.entry("heartbeat", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            Map.entry("end", List.of(Link.WORKER_CATALOG, Link.RESTORE_CATALOG)),
            // The restore-service keeps a vault open for a while: it asks again only after a restart.
            Map.entry("vaultAccess", List.of(Link.WORKER_CATALOG)),
            Map.entry("openView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("renewView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("observeView", List.of(Link.WORKER_SNAPSHOT)),
            Map.entry("settleView", List.of(Link.CATALOG_SNAPSHOT)),
            Map.entry("source", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("openTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("fillTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("target", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("renewTarget", List.of(Link.RESTORE_SNAPSHOT)),
            Map.entry("finishTarget", List.of(Link.RESTORE_SNAPSHOT)),
            // For people, through the catalog; and what follows a failure.
            Map.entry("sources", List.of()),
            Map.entry("addSource", List.of()),
            Map.entry("removeSource", List.of()),
            Map.entry("vms", List.of()),
            Map.entry("vm", List.of()),
            Map.entry("snapshots", List.of()),
            Map.entry("view", List.of()),
            Map.entry("observeTarget", List.of()),
            Map.entry("abortTarget", List.of()),
            Map.entry("settleTarget", List.of()),
            Map.entry("forgetVault", List.of()),
            Map.entry("leftovers", List.of()));

    private static final List<String> SLOW = List.of("heartbeat", "renewView", "renewTarget");

    private static final List<Class<? extends Annotation>> VERBS =
            List.of(GET.class, POST.class, PUT.class, DELETE.class);

    private Calls() {}

    static Map<String, Method> ofTheCode() {
        Map<String, Method> calls = new TreeMap<>();
        for (Class<?> api : List.of(RunnerApi.class, SnapshotServiceApi.class)) {
            for (Method method : api.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Path.class)) {
                    calls.put(method.getName(), method);
                }
            }
        }
        return calls;
    }

    static List<Message> messages() {
        List<Message> all = new ArrayList<>();
        ofTheCode().forEach((name, method) -> {
            for (Link link : DECIDED.getOrDefault(name, List.of())) {
                for (Operation operation : Operation.values()) {
                    if (comes(name, link, operation)) {
                        all.add(message(operation, name, method, link));
                    }
                }
            }
        });
        return all;
    }

    /** The variants are about what depends on the VM's state; renewals do not. */
    private static boolean comes(String name, Link link, Operation operation) {
        boolean variant = operation != Operation.BACKUP && operation != Operation.RESTORE;
        return operation.isBackup() != link.name().startsWith("RESTORE")
                && !(variant && (SLOW.contains(name) || !link.aboutTheHypervisor()));
    }

    private static Message message(Operation operation, String name, Method method, Link link) {
        String verb = VERBS.stream()
                .filter(method::isAnnotationPresent)
                .map(Class::getSimpleName)
                .findFirst()
                .orElseThrow();
        String path = method.getDeclaringClass().getAnnotation(Path.class).value() + "/"
                + method.getAnnotation(Path.class).value();
        String request = verb + " " + path.replaceAll("\\{[^}]*}", "{id}");
        if (name.equals("lease")) {
            // Runners ask all the time; the arrow is the answer that brings a job.
            return Message.of(operation, name, link, "\"spec\":", request).when(When.ANSWER);
        }
        int brace = path.lastIndexOf('}');
        String pattern = brace < 0
                ? verb + " " + path + " HTTP/1.1"
                : brace == path.length() - 1
                        ? verb + " " + path.substring(0, path.indexOf('{'))
                        : path.substring(brace + 1) + " HTTP/1.1";
        Message message = Message.of(operation, name, link, pattern, request);
        return SLOW.contains(name) ? message.when(When.SLOW) : message;
    }
}
