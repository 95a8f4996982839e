package io.holdfast.local.suite;

import java.util.List;
import java.util.Map;

/**
 * How the services of a suite find each other: whoever starts one may put something between its parts, or run more workers.
 * Called by the thread that starts the suite.
 */
public interface Wiring {

    /** Every service talks to the others directly, and there is one worker. */
    Wiring DIRECT = (service, usual) -> usual;

    /** The environment of a service (URLs, ports, database), given the usual one. */
    Map<String, String> environment(String service, Map<String, String> usual);

    /** What the S3 server's environment has beside the usual. */
    default Map<String, String> objectStore() {
        return Map.of();
    }

    /** Names of workers beside the usual one; each is a process of its own. */
    default List<String> moreWorkers() {
        return List.of();
    }
}
