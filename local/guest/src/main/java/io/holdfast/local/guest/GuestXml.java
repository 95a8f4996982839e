package io.holdfast.local.guest;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The guest's domain definition.
 *
 * @param name domain name
 * @param image what it boots
 * @param first first disk ({@code vda})
 * @param second second disk ({@code vdb}), with discard
 * @param console file that receives what the guest says
 * @param kvm use the processor's own virtualisation (see {@link KvmProbe}) instead of emulation
 */
public record GuestXml(String name, GuestImage image, GuestDisk first, GuestDisk second, Path console, boolean kvm) {
    /** Writes, for ever. */
    public static final String WRITE = "write";
    /** Checks every file it had committed, says VERIFIED or BAD, powers off. */
    public static final String VERIFY = "verify";
    /** Says READY and powers off, without disks. */
    static final String PROBE = "probe";

    static final String COMMAND_LINE = "console=ttyS0 quiet loglevel=4 panic=-1 holdfast.mode=";
    private static final Pattern MODE = Pattern.compile("holdfast\\.mode=[a-z]+");
    /** A serial port, and the console that libvirt derives from it, whatever they are connected to. */
    private static final Pattern SERIAL =
            Pattern.compile("<(serial|console) type='[a-z]+'[^>]*>.*?</\\1>\\s*", Pattern.DOTALL);

    /** The definition in write mode. */
    public String text() {
        return """
                <domain type='%s'>
                  <name>%s</name>
                  <memory unit='MiB'>256</memory>
                  <vcpu>1</vcpu>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <kernel>%s</kernel>
                    <initrd>%s</initrd>
                    <cmdline>%s</cmdline>
                  </os>
                  <features><acpi/></features>
                  <cpu mode='maximum'/>
                  <on_poweroff>destroy</on_poweroff>
                  <on_reboot>destroy</on_reboot>
                  <on_crash>destroy</on_crash>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='%s' discard='unmap'/>
                      <source file='%s'/>
                      <target dev='vda' bus='virtio'/>
                    </disk>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='%s' discard='unmap'/>
                      <source file='%s'/>
                      <target dev='vdb' bus='virtio'/>
                    </disk>
                    <serial type='file'>
                      <source path='%s'/>
                      <target port='0'/>
                    </serial>
                    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
                    <memballoon model='none'/>
                  </devices>
                </domain>
                """.formatted(
                        kvm ? "kvm" : "qemu",
                        escape(name),
                        escape(image.kernel()),
                        escape(image.initramfs()),
                        COMMAND_LINE + WRITE,
                        first.format().text(),
                        escape(first.file()),
                        second.format().text(),
                        escape(second.file()),
                        escape(console));
    }

    /** Any definition of this guest, for example a restored one's as libvirt dumps it, switched to another mode. */
    public static String withMode(String domainXml, String mode) {
        Matcher matcher = MODE.matcher(domainXml);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the definition has no holdfast.mode on its kernel command line");
        }
        return matcher.replaceAll("holdfast.mode=" + mode);
    }

    /**
     * Any definition of this guest with its console in another file. A restored machine's console is not the original's
     * file any more, so whatever it is connected to is replaced.
     */
    public static String withConsole(String domainXml, Path console) {
        Matcher matcher = SERIAL.matcher(domainXml);
        if (!matcher.find()) {
            throw new IllegalArgumentException("the definition has no serial console");
        }
        String serial = "<serial type='file'><source path='" + escape(console) + "'/><target port='0'/></serial>";
        return matcher.replaceAll("").replace("</devices>", serial + "</devices>");
    }

    static String escape(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;");
    }
}
