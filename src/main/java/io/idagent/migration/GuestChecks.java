package io.idagent.migration;

import static io.idagent.migration.SideShell.quoted;

import io.idagent.host.Fact;
import io.idagent.migration.MigrationFinding.Kind;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.GuestDescription.Disk;
import io.idagent.platform.LibvirtGuest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What a guest has that the other side may lack, or that holds it where it is. */
final class GuestChecks implements Check {

    /** From here on qemu drops its page cache when a guest arrives, and libvirt asks no more for cache='none'. */
    private static final long QEMU_DROPS_CACHE = 4_000_000;

    private static final Set<String> ALWAYS_SAFE = Set.of("none", "directsync");

    @Override
    public void look(MigrationFacts facts, Findings found) {
        for (LibvirtGuest guest : facts.guests()) {
            snapshots(guest, found);
            checkpoints(guest, found);
            paused(guest, found);
            nameTaken(facts, guest, found);
            guest.now().managedBy().ifPresent(manager -> managed(guest, manager, found));
            guest.now().graphics().forEach(graphics -> graphics(facts, guest, graphics, found));
            guest.now().networks().forEach(network -> network(facts, guest, network, found));
            hostDevices(guest, found);
            guest.now().disks().forEach(disk -> cache(facts, guest, disk, found));
        }
        memory(facts, found);
        cpus(facts, found);
    }

    /** One after the other as they would move: those that fit are not in the way. */
    private static void memory(MigrationFacts facts, Findings found) {
        Optional<Long> available = facts.lookThere()
                .map(HostLook::memoryAvailable)
                .filter(OptionalLong::isPresent)
                .map(OptionalLong::getAsLong);
        if (available.isEmpty()) {
            return;
        }
        long left = available.get();
        for (LibvirtGuest guest : facts.guests()) {
            long needs = guest.active() ? guest.now().memory() : 0;
            if (needs <= left) {
                left -= needs;
                continue;
            }
            found.error(
                    Kind.MEMORY_LACKING,
                    Optional.of(guest.name()),
                    "it has " + (needs >> 20) + " MiB of memory, and the other side has " + (left >> 20)
                            + " MiB left for it, of " + (available.get() >> 20),
                    "what runs there would be swapped out, or killed",
                    "move it to a host with more memory, or make room there");
        }
    }

    private static void snapshots(LibvirtGuest guest, Findings found) {
        if (!guest.snapshots().isEmpty()) {
            found.error(
                    Kind.SNAPSHOTS_KEPT,
                    Optional.of(guest.name()),
                    "libvirt keeps " + (guest.snapshots().size() == 1 ? "a snapshot" : "snapshots") + " of it: "
                            + String.join(", ", guest.snapshots()),
                    "libvirt refuses to move a guest with snapshots",
                    "for each one virsh snapshot-dumpxml " + quoted(guest.name())
                            + " NAME >NAME.xml, then virsh snapshot-delete "
                            + quoted(guest.name()) + " NAME --metadata; on the other side virsh snapshot-create "
                            + quoted(guest.name()) + " NAME.xml --redefine");
        }
    }

    private static void checkpoints(LibvirtGuest guest, Findings found) {
        if (!guest.checkpoints().isEmpty()) {
            String name = quoted(guest.name());
            found.warning(
                    Kind.CHECKPOINTS_LOST,
                    Optional.of(guest.name()),
                    "libvirt keeps checkpoints of it: " + String.join(", ", guest.checkpoints()),
                    "libvirt forgets them when the guest moves, and the next incremental backup fails or has to be a"
                            + " full one",
                    "for each one virsh checkpoint-dumpxml " + name + " NAME >NAME.xml before; on the other side virsh"
                            + " checkpoint-create " + name + " NAME.xml --redefine");
        }
    }

    private static void paused(LibvirtGuest guest, Findings found) {
        if (guest.paused()) {
            found.error(
                    Kind.GUEST_PAUSED,
                    Optional.of(guest.name()),
                    "it is paused",
                    "before version 10 qemu aborts if a guest that has arrived somewhere and did not go on is moved or"
                            + " saved, and where it came from is not known here",
                    "virsh resume " + quoted(guest.name()) + ", or shut it down");
        }
    }

    private static void managed(LibvirtGuest guest, String manager, Findings found) {
        found.error(
                Kind.MANAGED_ELSEWHERE,
                Optional.of(guest.name()),
                "it belongs to " + manager,
                "who does not find it where it was started starts it a second time, on the same disk",
                "have " + manager + " move it; or, if that will not start it meanwhile, evacuate --although-managed");
    }

    private static void nameTaken(MigrationFacts facts, LibvirtGuest guest, Findings found) {
        facts.other().stream()
                .flatMap(side -> side.libvirt().guests().stream())
                .filter(other -> other.name().equals(guest.name()))
                .filter(other ->
                        other.active() || !other.now().uuid().equals(guest.now().uuid()))
                .forEach(other -> found.error(
                        Kind.NAME_TAKEN,
                        Optional.of(guest.name()),
                        "the other side has a guest of this name"
                                + (other.active() ? ", and it is running" : " with another UUID"),
                        "libvirt there refuses a second one",
                        other.active()
                                ? "find out which of the two is meant to run before anything else"
                                : "on the other side: virsh domrename " + quoted(guest.name()) + " OTHER-NAME"));
    }

    private static void graphics(
            MigrationFacts facts, LibvirtGuest guest, GuestDescription.Graphics graphics, Findings found) {
        for (String address : graphics.addresses()) {
            Optional<InetAddress> number = number(address);
            if (number.filter(a -> a.isAnyLocalAddress() || a.isLoopbackAddress())
                    .isPresent()) {
                continue;
            }
            Optional<HostLook> there = facts.lookThere();
            if (there.isPresent()) {
                boolean has = there.get().addresses().stream().anyMatch(own -> number.equals(number(own)));
                if (has) {
                    continue;
                }
            }
            found.error(
                    Kind.GRAPHICS_ADDRESS,
                    Optional.of(guest.name()),
                    "its " + graphics.type() + " listens on " + address + ", which "
                            + (there.isPresent() ? "the other side does not have" : "is this host's alone"),
                    "qemu on the other side cannot listen there, and the migration fails",
                    "virsh edit " + quoted(guest.name())
                            + ", and there listen='0.0.0.0' or '127.0.0.1' in <graphics>; it counts"
                            + " from the guest's next start");
        }
    }

    private static void network(
            MigrationFacts facts, LibvirtGuest guest, GuestDescription.Network network, Findings found) {
        boolean lacks = network.isLibvirts()
                ? facts.other()
                        .filter(side -> !side.libvirt().networks().contains(network.name()))
                        .isPresent()
                : facts.lookThere()
                        .filter(look -> !look.interfaces().contains(network.name()))
                        .isPresent();
        if (lacks) {
            String name = quoted(network.name());
            found.error(
                    Kind.NETWORK_LACKING,
                    Optional.of(guest.name()),
                    (network.isLibvirts() ? "libvirt's network " : "the bridge or network card ") + network.name()
                            + ", which it is connected to, is not there, or not up, on the other side",
                    "libvirt there refuses the guest",
                    network.isLibvirts()
                            ? "on the other side: virsh net-start " + name + "; if it has none: virsh net-dumpxml "
                                    + name + " here, and virsh net-define there"
                            : "on the other side: make a bridge of this name in the same network");
        }
    }

    /** Of numbers only: names are for the resolver of the host where qemu listens. */
    private static Optional<InetAddress> number(String address) {
        if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static void hostDevices(LibvirtGuest guest, Findings found) {
        Set<String> devices = new LinkedHashSet<>(guest.now().hostDevices());
        if (!devices.isEmpty()) {
            found.error(
                    Kind.HOST_DEVICE,
                    Optional.of(guest.name()),
                    "it has a part of this host: " + String.join(", ", devices),
                    "what is this host's cannot move along, and libvirt refuses",
                    "take it out while the guest moves: virsh detach-device " + quoted(guest.name())
                            + " FILE --live, or shut the guest down");
        }
    }

    private static void cache(MigrationFacts facts, LibvirtGuest guest, Disk disk, Findings found) {
        String mode = disk.cache().orElse("default");
        boolean old = facts.sides().stream().anyMatch(side -> side.libvirt().qemuVersion() < QEMU_DROPS_CACHE);
        if (disk.path().isEmpty() || disk.readOnly() || disk.shareable() || ALWAYS_SAFE.contains(mode)) {
            return;
        }
        if (old || mode.equals("unsafe")) {
            found.warning(
                    Kind.CACHE_MODE,
                    Optional.of(guest.name()),
                    "disk " + disk.target() + " has cache='" + mode + "'",
                    old
                            ? "one side's qemu is older than 4.0: the other side may read what its own cache still"
                                    + " holds, and libvirt calls that unsafe"
                            : "qemu ignores the guest's flushes: what it believes written is lost when a host fails"
                                    + " meanwhile",
                    "virsh edit " + quoted(guest.name())
                            + ", and there cache='none'; it counts from the guest's next start");
        }
    }

    private static void cpus(MigrationFacts facts, Findings found) {
        if (facts.cpus() instanceof Fact.Unknown<?> unknown) {
            found.unknown(
                    Kind.NOT_SEEN,
                    Optional.empty(),
                    "the CPUs could not be compared: " + unknown.reason(),
                    "a guest whose CPU the other side lacks does not arrive",
                    "mend the reason, and run this again");
        }
        Fact.valueOf(facts.cpus())
                .ifPresent(lacking -> lacking.forEach((guest, what) -> found.error(
                        Kind.CPU_LACKING,
                        Optional.of(guest),
                        "the other side cannot give it its CPU: " + what,
                        "libvirt there refuses the guest",
                        "virsh edit " + quoted(guest)
                                + ", and there a <cpu> that both have (virsh hypervisor-cpu-baseline); it counts"
                                + " from the guest's next start")));
    }
}
