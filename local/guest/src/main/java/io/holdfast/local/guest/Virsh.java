package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Domains and pools of one libvirt, through {@code virsh}: on purpose not the Java binding, so that what the services'
 * driver does is looked at with other eyes. Every call has a deadline of 30 s and fails with virsh's message. Thread-safe.
 *
 * @param uri the connection
 */
public record Virsh(String uri) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofMillis(100);
    /** Where the socket is dead an ordinary user's client would start that user's own session daemon, and leave it. */
    private static final Map<String, String> NO_AUTOSTART = Map.of("LIBVIRT_AUTOSTART", "0");

    /** Runs any virsh command and returns its output. */
    public String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("virsh", "-q", "-c", uri));
        command.addAll(List.of(arguments));
        return Command.run(TIMEOUT, command, NO_AUTOSTART);
    }

    /** Defines a domain, or redefines the one with that name and UUID. */
    public void define(String domainXml) throws IOException, InterruptedException {
        withFile(domainXml, "define");
    }

    /** Defines, starts and autostarts a directory pool. */
    public void directoryPool(String name, Path folder) throws IOException, InterruptedException {
        String xml = "<pool type='dir'><name>%s</name><target><path>%s</path></target></pool>"
                .formatted(name, GuestXml.escape(folder));
        withFile(xml, "pool-define");
        run("pool-start", name);
        run("pool-autostart", name);
    }

    public void start(String domain) throws IOException, InterruptedException {
        run("start", domain);
    }

    /** Ends a running domain at once. */
    public void destroy(String domain) throws IOException, InterruptedException {
        run("destroy", domain);
    }

    /** Removes a definition with libvirt's records of its checkpoints and snapshots; its disks stay. */
    public void undefine(String domain) throws IOException, InterruptedException {
        run("undefine", domain, "--managed-save", "--snapshots-metadata", "--checkpoints-metadata");
    }

    /** The definition that the next start uses. */
    public String inactiveXml(String domain) throws IOException, InterruptedException {
        return run("dumpxml", "--inactive", "--security-info", domain);
    }

    /** Names of all domains, running or not. */
    public List<String> domains() throws IOException, InterruptedException {
        return names("list", "--all", "--name");
    }

    /** Names of the active domains. */
    public List<String> running() throws IOException, InterruptedException {
        return names("list", "--name");
    }

    /** Waits until the domain is not active; returns whether it is so. */
    public boolean awaitOff(String domain, Duration timeout) throws IOException, InterruptedException {
        Deadline deadline = Deadline.after(timeout);
        while (running().contains(domain)) {
            if (deadline.passed()) {
                return false;
            }
            Deadline.after(INTERVAL).until(INTERVAL, () -> false);
        }
        return true;
    }

    private List<String> names(String... arguments) throws IOException, InterruptedException {
        return run(arguments)
                .lines()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private void withFile(String xml, String verb) throws IOException, InterruptedException {
        Path file = Files.createTempFile("holdfast", ".xml");
        try {
            Files.writeString(file, xml);
            run(verb, file.toString());
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
