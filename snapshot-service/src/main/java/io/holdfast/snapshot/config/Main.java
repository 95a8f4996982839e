package io.holdfast.snapshot.config;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the service; before anything else, the watch over guests that may stand still. */
@QuarkusMain
public final class Main {

    public static void main(String... arguments) {
        EarlyWatch.OF_PROCESS.begin(System.getenv());
        Quarkus.run(arguments);
    }

    private Main() {}
}
