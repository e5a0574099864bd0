package io.idagent.migration;

import static io.idagent.migration.SideShell.quoted;

import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.GuestDescription.Disk;
import io.idagent.platform.LibvirtGuest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether both sides reach the same images, and who else does. */
final class StorageChecks implements Check {

    private static final int OTHERS_WRITE = 0002;

    @Override
    public void look(MigrationFacts facts, Findings found) {
        Set<String> told = new HashSet<>();
        for (LibvirtGuest guest : facts.guests()) {
            for (Disk disk : guest.now().disks()) {
                List<MigrationFacts.Layer> chain = facts.chain(disk);
                boolean local = isLocal(facts, chain);
                if (local && !disk.readOnly()) {
                    notShared(facts, guest, disk, chain, found);
                }
                for (MigrationFacts.Layer layer : chain) {
                    reach(facts, guest, layer.path(), local && !disk.readOnly(), found);
                    if (told.add(layer.path())) {
                        facts.lookHere()
                                .flatMap(look -> look.file(layer.path()))
                                .ifPresent(file -> {
                                    worldWritable(guest, file, found);
                                    closed(facts.here().name(), guest, file, found);
                                });
                        facts.lookThere()
                                .flatMap(look -> look.file(layer.path()))
                                .ifPresent(file ->
                                        closed(facts.other().orElseThrow().name(), guest, file, found));
                    }
                }
            }
        }
    }

    /** libvirt looks at the image alone; whoever has a backing file that only this host has cannot go without it either. */
    private static boolean isLocal(MigrationFacts facts, List<MigrationFacts.Layer> chain) {
        return chain.stream().anyMatch(layer -> facts.lookHere()
                .flatMap(look -> look.file(layer.path()))
                .filter(FileLook::isLocalFile)
                .isPresent());
    }

    private static void notShared(
            MigrationFacts facts, LibvirtGuest guest, Disk disk, List<MigrationFacts.Layer> chain, Findings found) {
        MigrationFacts.Layer local = chain.stream()
                .filter(layer -> isLocal(facts, List.of(layer)))
                .findFirst()
                .orElseThrow();
        FileLook here = facts.lookHere().orElseThrow().file(local.path()).orElseThrow();
        Optional<FileLook> there = facts.lookThere().flatMap(look -> look.file(local.path()));
        boolean same = there.flatMap(FileLook::entry)
                .map(FileLook.Entry::identity)
                .equals(here.entry().map(FileLook.Entry::identity));
        String to = facts.there().isPresent()
                ? facts.other().map(side -> side.libvirt().uri()).orElse("URI")
                : "URI";
        if (same) {
            found.error(
                    Kind.NOT_SHARED,
                    Optional.of(guest.name()),
                    "disk " + disk.target() + " lies on " + here.fileSystem() + " (" + local.path()
                            + "), which libvirt takes for this host's own, although the other side sees the same file",
                    "libvirt refuses to move the guest",
                    "virsh migrate --live --unsafe " + quoted(guest.name()) + " " + to
                            + ", if it really is one file system for both");
            return;
        }
        List<String> snapshots = chain.stream()
                .flatMap(layer -> facts.content(layer.path()).stream())
                .flatMap(content -> content.snapshots().stream())
                .distinct()
                .toList();
        if (!snapshots.isEmpty()) {
            found.error(
                    Kind.SNAPSHOTS_LOST,
                    Optional.of(guest.name()),
                    "disk " + disk.target() + " has snapshots inside (" + String.join(", ", snapshots)
                            + ") and would have to be copied",
                    "a copy over libvirt has the present state only: the snapshots would be lost",
                    "shut the guest down and copy " + quoted(local.path()) + " itself, or give the snapshots up: "
                            + deletions(guest, disk, snapshots));
        }
        found.error(
                Kind.NOT_SHARED,
                Optional.of(guest.name()),
                "disk " + disk.target() + " lies on " + here.fileSystem() + " (" + local.path()
                        + "), which only this host has",
                "libvirt refuses to move the guest: the other side would have another disk, or none",
                "virsh migrate --live --copy-storage-all " + quoted(guest.name()) + " " + to
                        + ", with an image of the same size there, or move the image to shared storage");
    }

    private static String deletions(LibvirtGuest guest, Disk disk, List<String> snapshots) {
        List<String> commands = new ArrayList<>();
        for (String snapshot : snapshots) {
            commands.add(
                    guest.snapshots().contains(snapshot)
                            ? "virsh snapshot-delete " + quoted(guest.name()) + " " + quoted(snapshot)
                            : "qemu-img snapshot -d " + quoted(snapshot) + " "
                                    + disk.path().map(SideShell::quoted).orElse("IMAGE")
                                    + " while the guest is shut off");
        }
        return String.join("; ", commands);
    }

    private static void reach(
            MigrationFacts facts, LibvirtGuest guest, String path, boolean isLocalDisk, Findings found) {
        Optional<FileLook> here = facts.lookHere().flatMap(look -> look.file(path));
        Optional<FileLook> there = facts.lookThere().flatMap(look -> look.file(path));
        if (here.isPresent() && !here.get().isThere()) {
            found.error(
                    Kind.IMAGE_UNREACHABLE,
                    Optional.of(guest.name()),
                    path + " cannot be reached on " + facts.here().name() + ": "
                            + here.get().whyNot(),
                    "the guest does not start, here or there",
                    "mount its storage, or mend the definition: virsh edit " + quoted(guest.name()));
            return;
        }
        // Of a disk that has to be copied it has been said already.
        if (there.isPresent() && !there.get().isThere() && !isLocalDisk) {
            found.error(
                    Kind.IMAGE_UNREACHABLE,
                    Optional.of(guest.name()),
                    path + " cannot be reached on "
                            + facts.other().orElseThrow().name() + ": "
                            + there.get().whyNot(),
                    "the guest cannot run there without it",
                    "mount the storage there in the same place, or copy the file there");
        }
    }

    private static void worldWritable(LibvirtGuest guest, FileLook file, Findings found) {
        file.entry()
                .filter(entry -> (entry.mode() & OTHERS_WRITE) != 0)
                .ifPresent(entry -> found.warning(
                        Kind.IMAGE_WORLD_WRITABLE,
                        Optional.of(guest.name()),
                        file.path() + " can be written by everybody (mode " + Integer.toOctalString(entry.mode()) + ")",
                        "every user and every other guest can change this guest's disk",
                        "chmod o-rw " + quoted(file.path())));
    }

    private static void closed(String host, LibvirtGuest guest, FileLook file, Findings found) {
        file.closedDirectory()
                .ifPresent(directory -> found.error(
                        Kind.DIRECTORY_CLOSED,
                        Optional.of(guest.name()),
                        "the account that qemu runs as on " + host + " cannot enter " + directory + ", on the way to "
                                + file.path(),
                        "it cannot open the image, whoever owns it",
                        "on " + host + ": chmod o+x " + quoted(directory)));
    }
}
