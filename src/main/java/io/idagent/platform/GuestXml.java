package io.idagent.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@link GuestDescription} from what libvirt writes. */
final class GuestXml {

    private GuestXml() {}

    static GuestDescription parse(String xml, DomainXml.Volumes volumes) throws MalformedDocumentException {
        String what = "libvirt's description of a domain";
        XmlDocument domain = XmlDocument.parse(what, xml, "domain");
        Optional<XmlDocument> machine = domain.first("os", "type");
        return new GuestDescription(
                domain.text("name").orElseThrow(() -> new MalformedDocumentException(what + " has no <name>.")),
                domain.text("uuid").orElse(""),
                domain.attribute("type").orElse(""),
                domain.text("devices", "emulator"),
                machine.flatMap(type -> type.attribute("arch")),
                machine.flatMap(type -> type.attribute("machine")),
                domain.all("devices", "disk").stream()
                        .map(disk -> disk(disk, volumes))
                        .toList(),
                domain.first("os", "nvram").flatMap(nvram -> nvram(nvram, volumes)),
                domain.all("devices", "graphics").stream()
                        .map(GuestXml::graphics)
                        .toList(),
                networks(domain),
                memory(domain),
                hostDevices(domain),
                domain.first("cpu")
                        .filter(cpu -> cpu.attribute("mode").isPresent() || cpu.has("model"))
                        .map(GuestXml::cpu),
                labels(domain),
                DomainXml.label(domain),
                managedBy(domain));
    }

    /** OpenStack's nova and oVirt's vdsm keep their own notes in {@code <metadata>}, under these prefixes. */
    private static Optional<String> managedBy(XmlDocument domain) {
        List<String> notes =
                domain.first("metadata").map(XmlDocument::childNames).orElse(List.of());
        if (notes.stream().anyMatch(name -> name.startsWith("nova:"))) {
            return Optional.of("OpenStack");
        }
        return notes.stream().anyMatch(name -> name.startsWith("ovirt-")) ? Optional.of("oVirt") : Optional.empty();
    }

    private static GuestDescription.Disk disk(XmlDocument disk, DomainXml.Volumes volumes) {
        String device = disk.attribute("device").orElse("disk");
        Optional<XmlDocument> driver = disk.first("driver");
        return new GuestDescription.Disk(
                disk.first("target").flatMap(target -> target.attribute("dev")).orElse("?"),
                disk.attribute("type").orElse("file"),
                device,
                disk.has("readonly") || device.equals("cdrom"),
                disk.has("shareable"),
                driver.flatMap(found -> found.attribute("type")),
                driver.flatMap(found -> found.attribute("cache")),
                path(disk, volumes),
                disk.has("backingStore") ? Optional.of(backing(disk, volumes)) : Optional.empty());
    }

    private static List<GuestDescription.Member> backing(XmlDocument disk, DomainXml.Volumes volumes) {
        List<GuestDescription.Member> members = new ArrayList<>();
        Optional<XmlDocument> next = disk.first("backingStore");
        // The last one is empty: it says that the chain ends here.
        while (next.isPresent() && next.get().has("source")) {
            XmlDocument member = next.get();
            members.add(new GuestDescription.Member(
                    path(member, volumes), member.first("format").flatMap(format -> format.attribute("type"))));
            next = member.first("backingStore");
        }
        return List.copyOf(members);
    }

    private static Optional<String> path(XmlDocument owner, DomainXml.Volumes volumes) {
        return owner.first("source")
                .flatMap(source -> DomainXml.path(source, volumes))
                .filter(path -> path.startsWith("/"));
    }

    /** {@code <nvram>/path</nvram>}, or since libvirt 8.5 with a {@code <source>} as disks have it. */
    private static Optional<String> nvram(XmlDocument nvram, DomainXml.Volumes volumes) {
        return nvram.has("source") ? path(nvram, volumes) : nvram.text().filter(path -> path.startsWith("/"));
    }

    private static GuestDescription.Graphics graphics(XmlDocument graphics) {
        List<String> addresses = new ArrayList<>();
        for (XmlDocument listen : graphics.all("listen")) {
            if (listen.attribute("type").equals(Optional.of("address"))) {
                listen.attribute("address").ifPresent(addresses::add);
            }
        }
        if (!graphics.has("listen")) {
            graphics.attribute("listen").ifPresent(addresses::add);
        }
        return new GuestDescription.Graphics(graphics.attribute("type").orElse("?"), List.copyOf(addresses));
    }

    private static List<GuestDescription.Network> networks(XmlDocument domain) {
        List<GuestDescription.Network> networks = new ArrayList<>();
        for (XmlDocument nic : domain.all("devices", "interface")) {
            Optional<XmlDocument> source = nic.first("source");
            switch (nic.attribute("type").orElse("")) {
                case "network" ->
                    source.flatMap(found -> found.attribute("network"))
                            .ifPresent(name -> networks.add(new GuestDescription.Network(true, name)));
                case "bridge" ->
                    source.flatMap(found -> found.attribute("bridge"))
                            .ifPresent(name -> networks.add(new GuestDescription.Network(false, name)));
                case "direct" ->
                    source.flatMap(found -> found.attribute("dev"))
                            .ifPresent(name -> networks.add(new GuestDescription.Network(false, name)));
                default -> {}
            }
        }
        return networks;
    }

    /** libvirt writes KiB whatever a person wrote. */
    private static long memory(XmlDocument domain) {
        if (domain.first("memoryBacking", "hugepages").isPresent()) {
            return 0;
        }
        return domain.text("currentMemory")
                .or(() -> domain.text("memory"))
                .filter(text -> text.matches("[0-9]{1,15}"))
                .map(text -> Long.parseLong(text) * 1024)
                .orElse(0L);
    }

    private static List<String> hostDevices(XmlDocument domain) {
        List<String> devices = new ArrayList<>();
        for (XmlDocument device : domain.all("devices", "hostdev")) {
            devices.add(device.attribute("type").orElse("host") + " device" + address(device));
        }
        for (XmlDocument nic : domain.all("devices", "interface")) {
            // A transient member of a team is unplugged by libvirt while the guest moves.
            boolean transientMember = nic.first("teaming")
                    .flatMap(teaming -> teaming.attribute("type"))
                    .filter("transient"::equals)
                    .isPresent();
            if (nic.attribute("type").equals(Optional.of("hostdev")) && !transientMember) {
                devices.add("network card" + address(nic));
            }
        }
        for (XmlDocument directory : domain.all("devices", "filesystem")) {
            devices.add("directory "
                    + directory
                            .first("source")
                            .flatMap(source -> source.attribute("dir"))
                            .orElse("of the host"));
        }
        return devices;
    }

    private static String address(XmlDocument device) {
        return device.first("source", "address")
                .map(address -> " " + hex(address, "domain") + ":" + hex(address, "bus") + ":" + hex(address, "slot")
                        + "." + hex(address, "function"))
                .filter(address -> !address.contains("?"))
                .orElse("");
    }

    private static String hex(XmlDocument address, String part) {
        return address.attribute(part).map(text -> text.replace("0x", "")).orElse("?");
    }

    private static GuestDescription.Cpu cpu(XmlDocument cpu) {
        String mode = cpu.attribute("mode").orElse("custom");
        // libvirt writes check='none' for what is the host's own by definition: on another host it may be another one.
        boolean isTheHosts = mode.equals("host-passthrough") || mode.equals("maximum");
        boolean checked = isTheHosts || !cpu.attribute("check").equals(Optional.of("none"));
        return new GuestDescription.Cpu(mode, checked, cpu.asText());
    }

    private static List<DacLabel> labels(XmlDocument domain) {
        List<DacLabel> labels = new ArrayList<>();
        DomainXml.label(domain).ifPresent(labels::add);
        for (XmlDocument disk : domain.all("devices", "disk")) {
            disk.first("source").flatMap(DomainXml::label).ifPresent(labels::add);
        }
        return labels;
    }
}
