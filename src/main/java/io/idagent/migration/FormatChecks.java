package io.idagent.migration;

import static io.idagent.migration.SideShell.quoted;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.GuestDescription.Disk;
import io.idagent.platform.LibvirtGuest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether libvirt takes each image for what it is: since 0.8.3 it takes for raw what nobody calls otherwise. */
final class FormatChecks implements Check {

    @Override
    public void look(MigrationFacts facts, Findings found) {
        for (LibvirtGuest guest : facts.guests()) {
            for (Disk disk : guest.defined().disks()) {
                disk.path().ifPresent(path -> {
                    declared(facts, guest, disk, path, found);
                    backing(facts, guest, disk, found);
                });
            }
        }
        unread(facts, found);
    }

    private static void declared(MigrationFacts facts, LibvirtGuest guest, Disk disk, String path, Findings found) {
        Optional<String> seen = facts.content(path).map(ImageContent::format);
        String says = disk.format().orElse("raw");
        // What begins like nothing known may be a format that has no beginning; only raw is never another one.
        if (seen.isEmpty() || seen.get().equals(says) || seen.get().equals("raw") && !says.equals("qcow2")) {
            return;
        }
        String cache = disk.cache().map(mode -> " cache='" + mode + "'").orElse("");
        found.error(
                Kind.FORMAT_MISMATCH,
                Optional.of(guest.name()),
                "disk " + disk.target() + " is given to the guest as " + says
                        + (disk.format().isEmpty() ? ", as its definition names no format," : "") + ", and " + path
                        + " is " + seen.get(),
                seen.get().equals("raw")
                        ? "the guest does not start"
                        : "the guest sees the file instead of the disk in it, and does not boot",
                "virsh edit " + quoted(guest.name()) + ", and there <driver name='qemu' type='" + seen.get() + "'"
                        + cache
                        + "/>"
                        + (seen.get().equals("raw")
                                ? ""
                                : "; unless the guest itself wrote that into a raw disk: then it would read files of"
                                        + " this host"));
    }

    private static void backing(MigrationFacts facts, LibvirtGuest guest, Disk disk, Findings found) {
        if (disk.backing()
                .filter(members ->
                        members.stream().allMatch(member -> member.format().isPresent()))
                .isPresent()) {
            return;
        }
        List<MigrationFacts.Layer> chain = facts.chain(disk);
        for (int below = 1; below < chain.size(); below++) {
            if (chain.get(below).format().isPresent()) {
                continue;
            }
            String image = chain.get(below - 1).path();
            String backing = chain.get(below).path();
            String format = facts.content(backing).map(ImageContent::format).orElse("FORMAT");
            found.error(
                    Kind.BACKING_FORMAT_MISSING,
                    Optional.of(guest.name()),
                    image + " does not say of which format its backing file " + backing + " is",
                    "libvirt does not start or receive such a guest, or takes the backing file for raw",
                    "qemu-img rebase -u -F " + format + " -b " + quoted(backing) + " " + quoted(image)
                            + ", while no guest uses the image");
        }
    }

    /** Also an image that is there and could not be read: "could not look" is never "nothing there". */
    private static void unread(MigrationFacts facts, Findings found) {
        Set<String> told = new HashSet<>();
        for (LibvirtGuest guest : facts.guests()) {
            for (Disk disk : guest.defined().disks()) {
                for (MigrationFacts.Layer layer : facts.chain(disk)) {
                    Fact<ImageContent> content = facts.contents().get(layer.path());
                    // Of a directory that is closed it is said elsewhere.
                    boolean closed = facts.lookHere()
                            .flatMap(look -> look.file(layer.path()))
                            .flatMap(FileLook::closedDirectory)
                            .isPresent();
                    if (content != null && !content.isKnown() && !closed && told.add(layer.path())) {
                        found.unknown(
                                Kind.NOT_SEEN,
                                Optional.of(guest.name()),
                                layer.path() + " could not be read: "
                                        + content.whyUnknown().orElse(""),
                                "its format, its backing file and its snapshots are not known",
                                "mend the reason, and run this again");
                    }
                }
            }
        }
    }
}
