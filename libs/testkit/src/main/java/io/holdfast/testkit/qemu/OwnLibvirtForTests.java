package io.holdfast.testkit.qemu;

import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A libvirt daemon in a folder of its own for one test class: {@code @RegisterExtension static final OwnLibvirtForTests
 * libvirt = new OwnLibvirtForTests();}. After each test no domain is left, after the class no process and no file.
 */
public final class OwnLibvirtForTests implements BeforeAllCallback, AfterEachCallback, AfterAllCallback, AutoCloseable {
    /** A line of {@code qemu.conf}. */
    public static final String FEW_QUESTIONS = "capability_filters = [ \"cpu-unavailable-features\" ]\n";

    private @Nullable Path folder;
    private @Nullable OwnLibvirt libvirt;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        start();
    }

    /** Starts it without JUnit, for fixtures; {@link #close} ends it. */
    public OwnLibvirtForTests start() throws IOException, InterruptedException {
        // Not java.io.tmpdir nor @TempDir: sockets below need a short path.
        Path made = Files.createTempDirectory(Path.of("/tmp"), "hf");
        folder = made;
        libvirt = OwnLibvirt.in(made.resolve("lv"));
        quicken(made.resolve("lv"));
        libvirt.start();
        return this;
    }

    /**
     * Before its first start: has libvirt ask a new domain's QEMU for the features of its CPU with one question instead of
     * four hundred, which are most of what starting a domain without KVM costs.
     *
     * @param state the libvirt's state folder
     */
    public static void quicken(Path state) throws IOException {
        Files.writeString(state.resolve("c/libvirt/qemu.conf"), FEW_QUESTIONS, StandardOpenOption.APPEND);
    }

    /** Where disks, consoles and sockets of these tests may lie; removed with everything in it. */
    public Path folder() {
        return started(folder);
    }

    /** The daemon: to stop and start it, to find a domain's QEMU. */
    public OwnLibvirt libvirt() {
        return started(libvirt);
    }

    /** What the driver under test connects to. */
    public String uri() {
        return libvirt().uri();
    }

    /** The test's own eyes and hands. */
    public Virsh virsh() {
        return libvirt().virsh();
    }

    /** Ends and undefines every domain; starts the daemon again if a test ended it. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        removeDomains();
    }

    /** The same for fixtures without JUnit. */
    public void removeDomains() throws IOException, InterruptedException {
        libvirt().start();
        for (String domain : virsh().running()) {
            virsh().destroy(domain);
        }
        for (String domain : virsh().domains()) {
            virsh().undefine(domain);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        close();
    }

    @Override
    public void close() throws IOException {
        if (libvirt != null) {
            libvirt.close();
        }
        if (folder != null) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        libvirt = null;
        folder = null;
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("register it with @RegisterExtension, or call start()");
        }
        return part;
    }
}
