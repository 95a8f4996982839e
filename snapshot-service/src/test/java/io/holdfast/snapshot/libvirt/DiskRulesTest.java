package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiskRulesTest {

    private static final String DOMAIN = """
            <domain><name>m</name><devices>
              <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/a'/><target dev='vda'/></disk>
              <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/b'/><target dev='vdb'/>
                <encryption format='luks'><secret type='passphrase' uuid='%1$s'/></encryption></disk>
              <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                <source file='/c'><encryption format='luks'><secret type='passphrase' uuid='%1$s'/></encryption></source>
                <target dev='vdc'/></disk>
            </devices></domain>
            """.formatted("0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f");

    @Test
    void whatTheHypervisorEncryptsIsLeftOutAndSaid() {
        DomainXml domain = DomainXml.parse(DOMAIN);

        assertThat(domain.disks())
                .filteredOn(disk -> DiskRules.refusal(disk) == null)
                .extracting(DomainXml.Disk::key)
                .containsExactly("vda");
        List<String> notes = DiskRules.notes(domain);
        assertThat(notes).hasSize(2).allMatch(note -> note.contains("encrypts"));
        assertThat(notes.getFirst()).startsWith("Disk vdb is not in the backup");
        assertThat(notes.getLast()).startsWith("Disk vdc is not in the backup");
    }
}
