package io.idagent.platform;

import java.util.List;
import java.util.Optional;

/**
 * A guest's definition ("Domain XML format"), as far as it decides whether the guest can move to another host.
 *
 * @param virtType "kvm", or "qemu" where the CPU is emulated
 * @param nvram the file that holds the variables of its firmware
 * @param networks that its network cards are connected to
 * @param memory in bytes, that it has now; 0 where huge pages are set aside for it
 * @param hostDevices what of the host is handed to the guest, each in words
 * @param cpu empty: libvirt's default, which every host has
 * @param labels what it says about owners, for the guest and for single files
 * @param managedBy the program that made the guest and starts it, as far as its metadata tell
 * @param label the one for the guest itself; that of a running guest is filled in by libvirt
 */
public record GuestDescription(
        String name,
        String uuid,
        String virtType,
        Optional<String> emulator,
        Optional<String> arch,
        Optional<String> machine,
        List<Disk> disks,
        Optional<String> nvram,
        List<Graphics> graphics,
        List<Network> networks,
        long memory,
        List<String> hostDevices,
        Optional<Cpu> cpu,
        List<DacLabel> labels,
        Optional<DacLabel> label,
        Optional<String> managedBy) {

    public GuestDescription {
        disks = List.copyOf(disks);
        graphics = List.copyOf(graphics);
        networks = List.copyOf(networks);
        hostDevices = List.copyOf(hostDevices);
        labels = List.copyOf(labels);
    }

    /**
     * @param target as which the guest sees it: "vda"
     * @param type "file", "block", "network", "volume"
     * @param readOnly a CD, or a disk marked so
     * @param shareable by several guests at once
     * @param path empty for an empty drive and for what is no file or block device here
     * @param backing members of the chain below the image as the definition names them; empty: it leaves that to the image
     */
    public record Disk(
            String target,
            String type,
            String device,
            boolean readOnly,
            boolean shareable,
            Optional<String> format,
            Optional<String> cache,
            Optional<String> path,
            Optional<List<Member>> backing) {}

    /** A backing file. */
    public record Member(Optional<String> path, Optional<String> format) {}

    /** @param addresses on which it listens; without those that libvirt takes from its configuration or a network */
    public record Graphics(String type, List<String> addresses) {}

    /** @param isLibvirts a network of libvirt's; otherwise a bridge, or a network card, of the host's */
    public record Network(boolean isLibvirts, String name) {}

    /**
     * @param mode "custom", "host-model", "host-passthrough", "maximum"
     * @param checked whether the host it is on has to have it: libvirt asks for that, or it is the host's own
     * @param xml the whole element, to be compared with what another host has
     */
    public record Cpu(String mode, boolean checked, String xml) {}

    public Optional<Disk> disk(String target) {
        return disks.stream().filter(disk -> disk.target().equals(target)).findFirst();
    }
}
