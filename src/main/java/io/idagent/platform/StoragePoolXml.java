package io.idagent.platform;

import java.util.Optional;
import java.util.Set;

/** A storage pool's description ("Storage pool and volume XML format"). */
final class StoragePoolXml {

    /** The types whose target is a directory with files; the target of others (logical, disk, iscsi) is in /dev. */
    private static final Set<String> DIRECTORY_TYPES = Set.of("dir", "fs", "netfs", "vstorage");

    private StoragePoolXml() {}

    static StoragePool parse(String xml, boolean active) throws MalformedDocumentException {
        String what = "libvirt's description of a storage pool";
        XmlDocument pool = XmlDocument.parse(what, xml, "pool");
        String name = pool.text("name").orElseThrow(() -> new MalformedDocumentException(what + " has no <name>."));
        String type = pool.attribute("type")
                .orElseThrow(() -> new MalformedDocumentException(what + " '" + name + "' has no type."));
        Optional<String> target =
                pool.text("target", "path").filter(path -> DIRECTORY_TYPES.contains(type) && path.startsWith("/"));
        return new StoragePool(name, type, target, active);
    }

    /** To whom the definition gives the pool's directory. */
    static LibvirtSide.PoolOwner owner(String xml) throws MalformedDocumentException {
        XmlDocument pool = XmlDocument.parse("libvirt's description of a storage pool", xml, "pool");
        return new LibvirtSide.PoolOwner(
                pool.text("name").orElse("?"),
                number(pool, "owner").map(Uid::parse),
                number(pool, "group").map(Gid::parse));
    }

    private static Optional<String> number(XmlDocument pool, String which) {
        return pool.text("target", "permissions", which).filter(text -> text.matches("[0-9]{1,9}"));
    }
}
