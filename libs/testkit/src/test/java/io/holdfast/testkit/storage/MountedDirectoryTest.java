package io.holdfast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full and a read-only file system, mounted in a namespace of the child's own: no rights are needed, nothing stays. */
class MountedDirectoryTest {

    @TempDir
    private Path folder;

    @Test
    void a_full_disk_is_told_full_and_leaves_no_part_of_an_object() throws Exception {
        assertThat(runOn("size=1m")).isEqualTo("3 FULL listed=3 tmp=0");
    }

    @Test
    void a_disk_without_room_for_another_name_is_told_full() throws Exception {
        assertThat(runOn("size=100m,nr_inodes=5")).isEqualTo("2 FULL listed=2 tmp=0");
    }

    @Test
    void a_read_only_disk_is_told_denied() throws Exception {
        assertThat(runOn("ro")).isEqualTo("0 DENIED listed=0 tmp=0");
    }

    @Test
    void a_disk_that_is_unmounted_under_an_open_vault_is_not_replaced_by_the_folder_below_it() throws Exception {
        assertThat(runOn("size=1m", UnmountedChild.class)).isEqualTo("UNAVAILABLE below=0");
    }

    private String runOn(String mountOptions) throws IOException, InterruptedException {
        return runOn(mountOptions, MountedChild.class);
    }

    private String runOn(String mountOptions, Class<?> child) throws IOException, InterruptedException {
        String mount = "mount -t tmpfs -o " + mountOptions + " none \"$0\" && exec \"$@\"";
        assumeThat(run(List.of("unshare", "-Urm", "mount", "-t", "tmpfs", "none", folder.toString())))
                .as("user namespaces are needed to mount without rights")
                .isEmpty();
        List<String> command = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", mount, folder.toString()));
        command.addAll(ChildProcess.command(child, folder.toString()));
        return run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return output;
    }
}
