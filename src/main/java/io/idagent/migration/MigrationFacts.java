package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.settings.Account;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a check of a migration goes by, read once from each side.
 *
 * @param there empty: no other side was named
 * @param otherSeenAt the addresses that the side which guests leave has for the name of the other one; none: it has no such
 *     name
 * @param guests those that are to move
 * @param contents of images, by path, as this side reads them
 * @param cpus what the other side lacks for a guest's CPU, by the guest's name; unknown: it could not be asked
 * @param accounts with the numbers they are to have
 */
public record MigrationFacts(
        Side here,
        Optional<Fact<Side>> there,
        Fact<List<String>> otherSeenAt,
        List<LibvirtGuest> guests,
        Map<String, Fact<ImageContent>> contents,
        Fact<Map<String, String>> cpus,
        List<Account> accounts,
        FormerIds former) {

    public MigrationFacts {
        guests = List.copyOf(guests);
        contents = Map.copyOf(contents);
        accounts = List.copyOf(accounts);
    }

    /** @param look at its files; unknown where it can only be reached through libvirt */
    public record Side(LibvirtSide libvirt, Fact<HostLook> look) {

        String name() {
            return libvirt.hostName();
        }
    }

    /** The other side, if there is one and it answered. */
    Optional<Side> other() {
        return there.flatMap(Fact::valueOf);
    }

    /** Both sides, as far as they were seen. */
    List<Side> sides() {
        List<Side> sides = new ArrayList<>(List.of(here));
        other().ifPresent(sides::add);
        return sides;
    }

    Optional<HostLook> lookHere() {
        return Fact.valueOf(here.look());
    }

    Optional<HostLook> lookThere() {
        return other().flatMap(side -> Fact.valueOf(side.look()));
    }

    Optional<ImageContent> content(String path) {
        return Optional.ofNullable(contents.get(path)).flatMap(Fact::valueOf);
    }

    /** An image and what lies below it, the image first. What the definition leaves out stands in the images. */
    List<Layer> chain(GuestDescription.Disk disk) {
        return chain(disk, contents);
    }

    static List<Layer> chain(GuestDescription.Disk disk, Map<String, Fact<ImageContent>> contents) {
        List<Layer> layers = new ArrayList<>();
        if (disk.path().isEmpty()) {
            return layers;
        }
        layers.add(new Layer(disk.path().get(), disk.format()));
        if (disk.backing().isPresent()) {
            disk.backing().get().forEach(member -> member.path()
                    .ifPresent(path -> layers.add(new Layer(path, member.format()))));
            return layers;
        }
        Set<String> seen = new LinkedHashSet<>(List.of(disk.path().get()));
        Optional<ImageContent> upper = believed(layers.get(0), contents);
        while (upper.flatMap(ImageContent::backing)
                .filter(path -> path.startsWith("/"))
                .isPresent()) {
            String path = upper.get().backing().get();
            if (!seen.add(path)) {
                break;
            }
            Layer layer = new Layer(path, upper.get().backingFormat());
            layers.add(layer);
            upper = believed(layer, contents);
        }
        return layers;
    }

    /**
     * What a guest is given as raw, which is also what nobody calls otherwise, it writes from its first byte on: it could name
     * any file of the host as its backing file, and have a person do something to it.
     */
    private static Optional<ImageContent> believed(Layer layer, Map<String, Fact<ImageContent>> contents) {
        return layer.format().filter(format -> !format.equals("raw")).isPresent()
                ? Optional.ofNullable(contents.get(layer.path())).flatMap(Fact::valueOf)
                : Optional.empty();
    }

    /** @param format as the definition or the image above says it */
    record Layer(String path, Optional<String> format) {}
}
