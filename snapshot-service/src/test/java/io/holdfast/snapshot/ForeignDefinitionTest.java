package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.app.Rows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A definition comes from the hypervisor that was backed up, which may have been anybody's by then. */
@QuarkusTest
class ForeignDefinitionTest extends TargetSuite {

    @Inject
    Rows.Sources sources;

    private static final String HOSTILE = """
            <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>web</name><uuid>7b0cbe6c-6ad6-4e0c-a4c1-3c7c8a0e6c11</uuid>
              <memory unit='MiB'>32</memory><vcpu>1</vcpu>
              <bootloader>/evil/loader</bootloader>
              <sysinfo type='fwcfg'><entry name='opt/org.x' file='/evil/fwcfg'/></sysinfo>
              <os><type arch='x86_64' machine='q35'>hvm</type><kernel>/evil/kernel</kernel><initrd>/evil/initrd</initrd>
                <cmdline>evil</cmdline><dtb>/evil/dtb</dtb><acpi><table type='slic'>/evil/slic</table></acpi></os>
              <seclabel type='static' model='dac' relabel='yes'><label>+0:+0</label></seclabel>
              <launchSecurity type='sev'><policy>0x3</policy><session>evil</session></launchSecurity>
              <devices>
                <emulator>/evil/emulator</emulator>
                <disk type='file' device='disk' rawio='yes'><driver name='qemu' type='qcow2'/>
                  <source file='/evil/disk'><seclabel model='dac' relabel='no'/></source>
                  <backingStore type='file'><format type='raw'/><source file='/evil/base'/></backingStore>
                  <target dev='vda' bus='virtio'/></disk>
                <disk type='network' device='cdrom'><source protocol='nbd' name='evil'><host name='evil'/></source>
                  <target dev='sda' bus='sata'/><readonly/></disk>
                <lease><lockspace>evil</lockspace><key>k</key><target path='/evil/lease'/></lease>
                <filesystem type='mount'><source dir='/evil/folder'/><target dir='t'/></filesystem>
                <interface type='user'><mac address='52:54:00:00:00:01'/><script path='/evil/up'/>
                  <downscript path='/evil/down'/><backend tap='/evil/tap' logFile='/evil/log'/><rom file='/evil/rom'/>
                  <portForward proto='tcp'><range start='22'/></portForward></interface>
                <interface type='vhostuser'><source type='unix' path='/evil/vhost' mode='client'/></interface>
                <serial type='file'><source path='/evil/serial'/><log file='/evil/log'/></serial>
                <console type='tcp'><source mode='connect' host='evil' service='1'/><target type='virtio'/></console>
                <channel type='file'><source path='/evil/channel'/><target type='virtio' name='org.a'/></channel>
                <channel type='unix'><source mode='connect' path='/evil/agent'/><target type='virtio' name='org.b'/></channel>
                <channel type='pipe'><source path='/evil/fwd'/><target type='guestfwd' address='10.0.2.1' port='1'/></channel>
                <graphics type='vnc' port='5999' autoport='no' listen='198.51.100.7' passwd='evil' socket='/evil/vnc'>
                  <listen type='address' address='198.51.100.7'/></graphics>
                <graphics type='sdl' xauth='/evil/xauth'/>
                <video><model type='virtio'><acceleration accel3d='no' rendernode='/evil/render'/></model></video>
                <input type='evdev'><source dev='/evil/event'/></input>
                <sound model='ich9'><audio id='1'/></sound>
                <audio id='1' type='file' path='/evil/audio'/>
                <rng model='virtio'><backend model='random'>/evil/random</backend></rng>
                <rng model='virtio'><backend model='egd' type='tcp'><source mode='connect' host='evil' service='1'/></backend></rng>
                <tpm model='tpm-tis'><backend type='passthrough'><device path='/evil/tpm'/></backend></tpm>
                <smartcard mode='host-certificates'><certificate>a</certificate><certificate>b</certificate>
                  <certificate>c</certificate><database>/evil/db</database></smartcard>
                <redirdev bus='usb' type='tcp'><source mode='connect' host='evil' service='1'/></redirdev>
                <memory model='nvdimm'><source><path>/evil/nvdimm</path></source><target><size unit='MiB'>32</size></target></memory>
                <shmem name='evil'/>
                <vsock model='virtio'><cid auto='no' address='9'/></vsock>
                <tomorrow type='a&#10;b' file='/evil/tomorrow'/>
              </devices>
              <devices><emulator>/evil/second</emulator></devices>
              <qemu:commandline><qemu:arg value='-evil'/></qemu:commandline>
            </domain>
            """;

    private static final String FROM_VIRT_MANAGER = """
            <metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>
              <libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo></metadata>
            <memory unit='MiB'>32</memory><vcpu>1</vcpu>
            <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
            <features><acpi/><apic/></features><cpu mode='custom' match='exact'><model>qemu64</model></cpu>
            <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>
            <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
            <pm><suspend-to-mem enabled='no'/></pm>
            <devices>
              <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/nowhere/web.qcow2'/>
                <target dev='vda' bus='virtio'/></disk>
              <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
              <controller type='usb' model='qemu-xhci' ports='15'/>
              <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
              <serial type='pty'/><console type='pty'/>
              <channel type='unix'><source mode='bind' path='/nowhere/agent'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
              <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
              <input type='tablet' bus='usb'/>
              <graphics type='spice' autoport='yes'><listen type='address'/><image compression='off'/></graphics>
              <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
              <sound model='ich9'/><video><model type='VIDEO' primary='yes'/></video>
              <redirdev bus='usb' type='spicevmc'/><watchdog model='i6300esb' action='reset'/>
              <memballoon model='virtio'><stats period='5'/></memballoon>
              <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
            </devices></domain>
            """;

    @Test
    void onTheSourceItWasReadFromADefinitionKeepsWhatItNamesOfTheHost() {
        String definition = """
                <domain type='qemu'><name>own</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
                <os><type arch='x86_64' machine='q35'>hvm</type><kernel>/own/kernel</kernel><cmdline>quiet</cmdline></os>
                <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/own/disk'/>
                <target dev='vda' bus='virtio'/></disk>
                <serial type='file'><source path='/own/serial'/></serial>
                <channel type='file'><source path='/own/channel'/><target type='virtio' name='org.a'/></channel></devices></domain>
                """;
        made.add("own-again");
        UUID here = sources.byName(SOURCE).orElseThrow().id();
        api.openTarget(
                new OpenTarget(job, 1, SOURCE, "own-again", null, definition, "default", null, here, List.of(VDA)));
        fill(Map.of("vda", content(4 * MIB, "0x11")));
        api.finishTarget(job, new FinishTarget(1, false));

        assertThat(libvirt.virsh("dumpxml", "own-again", "--inactive"))
                .contains("<kernel>/own/kernel</kernel>", "<cmdline>quiet</cmdline>")
                .contains("<channel type='unix'>", "name='org.a'")
                .doesNotContain("/own/serial", "/own/channel", "/own/disk");
    }

    private TargetInfo restored(String name, String definition) {
        made.add(name);
        api.openTarget(new OpenTarget(job, 1, SOURCE, name, null, definition, "default", null, null, List.of(VDA)));
        fill(Map.of("vda", content(4 * MIB, "0x11")));
        return api.finishTarget(job, new FinishTarget(1, false));
    }

    @Test
    void nothingThatNamesAPartOfAHostReachesAnotherOne() {
        TargetInfo done = restored("clean", HOSTILE);
        String definition = libvirt.virsh("dumpxml", "clean", "--inactive", "--security-info");
        assertThat(definition)
                .doesNotContain("evil")
                .doesNotContain("qemu:")
                .doesNotContain("seclabel")
                .doesNotContain("198.51.100.7")
                .doesNotContain("vsock")
                .doesNotContain("rawio");
        assertThat(definition)
                .contains("/dev/urandom")
                .contains("name='org.a'")
                .contains("name='org.b'")
                .contains("<audio id='1' type='none'/>");
        assertThat(done.notes())
                .anyMatch(n -> n.contains("kernel") && n.contains("emulator /evil/emulator"))
                .anyMatch(n -> n.contains("screen"))
                .allMatch(n -> n.length() < 600 && n.lines().count() == 1);
    }

    @Test
    void aFileOfFirmwareIsReplacedByTheFirmwareThatTheHostChooses() throws IOException {
        Path own = libvirt.home.resolve("own.fd");
        Shell.run("truncate", "-s", "64K", own.toString());
        Path descriptors = Files.createDirectories(libvirt.home.resolve("cfg/qemu/firmware"));
        Path descriptor = Files.writeString(descriptors.resolve("10-own.json"), """
                {"description": "own", "interface-types": ["uefi"], "features": [], "tags": [],
                 "mapping": {"device": "flash", "executable": {"filename": "%1$s", "format": "raw"},
                             "nvram-template": {"filename": "%1$s", "format": "raw"}},
                 "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}]}
                """.formatted(own));
        try {
            String definition = """
                    <domain type='qemu'><name>web</name><memory unit='MiB'>32</memory>
                    <os><type arch='x86_64' machine='q35'>hvm</type>
                      <loader readonly='yes' type='pflash'>/evil/code.fd</loader><nvram template='/evil/vars.fd'>/evil/nvram</nvram></os>
                    <features><acpi/></features>
                    <devices><disk type='file' device='disk'><target dev='vda' bus='virtio'/></disk></devices></domain>
                    """;
            TargetInfo done = restored("efi", definition);
            libvirt.virsh("start", "efi", "--paused");
            assertThat(libvirt.virsh("dumpxml", "efi", "--inactive")).contains("firmware='efi'");
            assertThat(libvirt.virsh("dumpxml", "efi")).contains(own.toString()).doesNotContain("evil");
            assertThat(done.notes()).anyMatch(n -> n.contains("firmware"));
        } finally {
            libvirt.quietly("destroy", "efi");
            libvirt.quietly("undefine", "efi", "--nvram");
            Files.delete(descriptor);
        }
    }

    @Test
    void aVmAsVirtManagerMakesItKeepsAllItsDevicesAndStarts() {
        keepsAllItsDevices("qxl");
    }

    @Test
    void soDoesOneWithAnotherVideoCard() {
        keepsAllItsDevices("virtio");
    }

    private void keepsAllItsDevices(String video) {
        String name = "usual-" + video;
        Path file = libvirt.home.resolve(name);
        TestFiles.write(
                file, "<domain type='qemu'><name>" + name + "</name>" + FROM_VIRT_MANAGER.replace("VIDEO", video));
        libvirt.virsh("define", file.toString());
        String before = libvirt.virsh("dumpxml", name, "--inactive");
        libvirt.virsh("undefine", name);
        assertThat(restored(name, before).notes()).allMatch(n -> n.contains("network cards"));
        assertThat(withoutOwn(libvirt.virsh("dumpxml", name, "--inactive")))
                .containsExactlyInAnyOrderElementsOf(withoutOwn(before));
        libvirt.virsh("start", name, "--paused");
    }

    @Test
    void metadataThatNoRestoreCouldCarryIsLeftOutOfThePointAndADefinitionThatIsTooLargeWithoutItIsRefused() {
        TestVm vm = original();
        redefine(vm, "<metadata><x:x xmlns:x='x'>" + "m".repeat(600 << 10) + "</x:x></metadata>");
        ViewInfo view = api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of()));
        assertThat(view.definition().length()).isLessThan(512 << 10);
        assertThat(view.notes()).anyMatch(n -> n.contains("metadata"));
        abandon(view.job());
        restored("lean", view.definition());
        redefine(vm, "<description>" + "d".repeat(600 << 10) + "</description>");
        assertThat(codeOf(() -> api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of()))))
                .isEqualTo(ErrorCode.VM_DEFINITION_TOO_LARGE);
    }

    private void redefine(TestVm vm, String more) {
        String definition = libvirt.virsh("dumpxml", vm.name, "--inactive");
        Path file = libvirt.home.resolve(vm.name + ".more.xml");
        TestFiles.write(file, definition.replace("</domain>", more + "</domain>"));
        libvirt.virsh("define", file.toString());
    }

    /** What has to be the restored VM's own. */
    private static List<String> withoutOwn(String definition) {
        return definition
                .lines()
                .map(String::strip)
                .filter(l -> !l.contains("<uuid>")
                        && !l.contains("<mac ")
                        && !l.contains("<source file")
                        && !l.contains("/nowhere/agent")
                        && !l.contains("<link state="))
                .toList();
    }
}
