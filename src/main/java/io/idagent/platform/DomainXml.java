package io.idagent.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A domain's description ("Domain XML format"), as far as it concerns files and their owners.
 *
 * <p>Kernel, initrd and firmware are left out: libvirt opens them for reading and the distribution owns them.
 */
record DomainXml(String name, String uuid, List<DomainFile> files, List<String> directories, Optional<DacLabel> label) {

    /** Where a volume of a pool lies; only libvirt knows. */
    interface Volumes {
        Optional<String> path(String pool, String volume);
    }

    DomainXml {
        files = List.copyOf(files);
        directories = List.copyOf(directories);
    }

    static DomainXml parse(String xml, Volumes volumes) throws MalformedDocumentException {
        String what = "libvirt's description of a domain";
        XmlDocument domain = XmlDocument.parse(what, xml, "domain");
        String name = domain.text("name").orElseThrow(() -> new MalformedDocumentException(what + " has no <name>."));
        String uuid = domain.text("uuid")
                .orElseThrow(() -> new MalformedDocumentException(what + " '" + name + "' has no <uuid>."));
        List<DomainFile> files = new ArrayList<>();
        for (XmlDocument disk : domain.all("devices", "disk")) {
            boolean readOnly = disk.has("readonly")
                    || disk.attribute("device").filter("cdrom"::equals).isPresent();
            addSource(disk, DomainFile.Role.DISK, readOnly, volumes, files);
            addBackingFiles(disk, volumes, files);
            // The copy that a running block job writes, which becomes the disk.
            disk.first("mirror").ifPresent(mirror -> addSource(mirror, DomainFile.Role.DISK, false, volumes, files));
        }
        domain.first("os", "nvram").ifPresent(nvram -> addNvram(nvram, volumes, files));
        List<String> directories = domain.all("devices", "filesystem").stream()
                .flatMap(shared -> shared.all("source").stream())
                .flatMap(source -> source.attribute("dir").stream())
                .filter(path -> path.startsWith("/"))
                .toList();
        return new DomainXml(name, uuid, files, directories, label(domain));
    }

    private static void addBackingFiles(XmlDocument disk, Volumes volumes, List<DomainFile> files) {
        Optional<XmlDocument> next = disk.first("backingStore");
        while (next.isPresent()) {
            addSource(next.get(), DomainFile.Role.BACKING_FILE, true, volumes, files);
            next = next.get().first("backingStore");
        }
    }

    /** {@code <nvram>/path</nvram>}, or since libvirt 8.5 {@code <nvram type='file'><source file='/path'/></nvram>}. */
    private static void addNvram(XmlDocument nvram, Volumes volumes, List<DomainFile> files) {
        if (nvram.has("source")) {
            addSource(nvram, DomainFile.Role.NVRAM, false, volumes, files);
        } else {
            nvram.text()
                    .filter(path -> path.startsWith("/"))
                    .ifPresent(path -> files.add(new DomainFile(path, DomainFile.Role.NVRAM, false, Optional.empty())));
        }
    }

    private static void addSource(
            XmlDocument owner, DomainFile.Role role, boolean readOnly, Volumes volumes, List<DomainFile> files) {
        for (XmlDocument source : owner.all("source")) {
            path(source, volumes)
                    .filter(path -> path.startsWith("/"))
                    .ifPresent(path -> files.add(new DomainFile(path, role, readOnly, label(source))));
        }
    }

    static Optional<String> path(XmlDocument source, Volumes volumes) {
        return source.attribute("file")
                .or(() -> source.attribute("dev"))
                .or(() -> source.attribute("dir"))
                .or(() -> source.attribute("pool")
                        .flatMap(pool -> source.attribute("volume").flatMap(volume -> volumes.path(pool, volume))));
    }

    static Optional<DacLabel> label(XmlDocument owner) {
        for (XmlDocument label : owner.all("seclabel")) {
            if (!label.attribute("model").equals(Optional.of("dac"))) {
                continue;
            }
            Optional<String> type = label.attribute("type");
            // The documented default is "no" for static labels and for none, "yes" otherwise.
            boolean byDefault = type.map("dynamic"::equals).orElse(true);
            boolean relabel = label.attribute("relabel").map("yes"::equals).orElse(byDefault);
            return Optional.of(new DacLabel(type, relabel, label.text("label")));
        }
        return Optional.empty();
    }
}
