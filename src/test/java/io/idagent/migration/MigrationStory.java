package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.platform.DacLabel;
import io.idagent.platform.Gid;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.Mount;
import io.idagent.platform.Owner;
import io.idagent.platform.RawPath;
import io.idagent.platform.Uid;
import io.idagent.settings.Account;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Two hosts as they should be, with one guest on shared storage; and whatever a test changes about them. */
final class MigrationStory {

    static final String IMAGE = "/images/vm1.qcow2";
    static final Account NOVA = new Account("nova", new Uid(64060), "nova", new Gid(64060));

    final Map<String, Fact<ImageContent>> contents = new HashMap<>(
            Map.of(IMAGE, known(new ImageContent("qcow2", Optional.empty(), Optional.empty(), List.of()))));
    final List<Account> accounts = new ArrayList<>(List.of(Account.LIBVIRT_QEMU));
    final HostStory here = new HostStory("h1", "a1");
    final HostStory there = new HostStory("h2", "b2");
    Optional<Fact<MigrationFacts.Side>> other = Optional.empty();
    List<String> otherSeenAt = List.of("192.0.2.2");
    GuestDescription.Disk disk = disk("file", Optional.of("qcow2"), Optional.of("none"));

    String name = "vm1";
    boolean autostart;
    boolean paused;
    List<String> checkpoints = List.of();
    long memory = 1L << 30;
    List<GuestDescription.Network> connected = List.of();
    Optional<String> managedBy = Optional.empty();
    Optional<String> nvram = Optional.empty();
    Optional<DacLabel> label = Optional.of(label("dynamic", "+64055:+64055"));

    static DacLabel label(String type, String text) {
        return new DacLabel(Optional.of(type), true, Optional.of(text));
    }

    /** One of the two. */
    static final class HostStory {
        final String name;
        final String uuid;
        Owner label = new Owner(new Uid(64055), new Gid(64055));
        long qemu = 7_002_000;
        String fileSystem = "nfs4";
        String identity = "17 1024";
        boolean hasImage = true;
        long memoryAvailable = 4L << 30;
        Set<String> interfaces = Set.of("lo", "br0");
        Set<String> networks = Set.of("default");
        Optional<String> clusterManager = Optional.empty();
        List<String> resolvesTo = List.of("192.0.2.1");
        final Map<String, Uid> users = new HashMap<>(Map.of("libvirt-qemu", new Uid(64055)));
        final Map<String, Gid> groups = new HashMap<>(Map.of("libvirt-qemu", new Gid(64055)));
        final Map<String, String> settings = new HashMap<>();

        HostStory(String name, String uuid) {
            this.name = name;
            this.uuid = uuid;
        }

        MigrationFacts.Side side(List<LibvirtGuest> guests) {
            Mount mount = new Mount(1, 0, "0:1", "/", RawPath.ROOT, fileSystem, "server:/export", "rw", false);
            FileLook.Entry entry = new FileLook.Entry(identity, new Uid(64055), new Gid(64055), 0600, "regular file");
            FileLook file = new FileLook(
                    IMAGE,
                    hasImage ? Optional.of(entry) : Optional.empty(),
                    hasImage ? "" : "No such file or directory",
                    Optional.of(mount),
                    Optional.empty(),
                    "rw");
            return new MigrationFacts.Side(
                    new LibvirtSide(
                            "qemu+ssh://" + name + "/system",
                            name,
                            uuid,
                            Optional.of(label),
                            qemu,
                            Optional.empty(),
                            guests,
                            List.of(),
                            networks),
                    known(new HostLook(
                            name,
                            resolvesTo,
                            Set.of("192.0.2.1"),
                            users,
                            groups,
                            settings,
                            Optional.empty(),
                            List.of(),
                            clusterManager,
                            interfaces,
                            OptionalLong.of(memoryAvailable),
                            Map.of(IMAGE, file))));
        }
    }

    static <T> Fact<T> known(T value) {
        return new Fact.Known<>(value, java.time.Instant.EPOCH);
    }

    static GuestDescription.Disk disk(String type, Optional<String> format, Optional<String> cache) {
        return new GuestDescription.Disk(
                "vda", type, "disk", false, false, format, cache, Optional.of(IMAGE), Optional.empty());
    }

    List<LibvirtGuest> guests() {
        GuestDescription description = new GuestDescription(
                name,
                "u1",
                "kvm",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(disk),
                nvram,
                List.of(),
                connected,
                memory,
                List.of(),
                Optional.empty(),
                List.of(),
                label,
                managedBy);
        return List.of(
                new LibvirtGuest(true, true, paused, autostart, description, description, List.of(), checkpoints));
    }

    List<MigrationFinding> findings() {
        List<LibvirtGuest> guests = guests();
        return MigrationChecks.of(new MigrationFacts(
                here.side(guests),
                other.isPresent() ? other : Optional.of(known(there.side(List.of()))),
                known(otherSeenAt),
                guests,
                contents,
                known(Map.of()),
                accounts,
                FormerIds.NONE));
    }

    List<String> kinds() {
        return findings().stream().map(finding -> finding.kind().name()).toList();
    }
}
