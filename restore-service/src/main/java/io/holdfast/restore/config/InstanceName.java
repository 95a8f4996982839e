package io.holdfast.restore.config;

/** Names this process to people. */
final class InstanceName {

    /** Host and process id, in the characters that a lease request allows. */
    static String ofProcess() {
        String host = System.getenv().getOrDefault("HOSTNAME", "local").replaceAll("[^A-Za-z0-9._-]", "-");
        String name = host + "-" + ProcessHandle.current().pid();
        return name.substring(Math.max(0, name.length() - 100));
    }

    private InstanceName() {}
}
