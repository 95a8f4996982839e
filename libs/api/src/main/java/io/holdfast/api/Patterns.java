package io.holdfast.api;

/** What names from outside may look like. Everything else is refused before it is used. */
public final class Patterns {
    /** Names people give to sources and vaults. */
    public static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /** Names of virtual machines that Holdfast makes: safe in XML, in a file name and in a shell. */
    public static final String VM_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    /** Names of storage pools and networks on the hypervisor. */
    public static final String HYPERVISOR_NAME = "[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}";

    /** A disk's stable key within its VM, for libvirt the target name: {@code vda}. */
    public static final String DISK_KEY = "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}";

    /** A VM's identity within its source, for libvirt the domain's UUID. */
    public static final String VM_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}";

    private Patterns() {}
}
