package io.idagent.migration;

import io.idagent.host.Fact;
import io.idagent.host.FormerIds;
import io.idagent.platform.Commands;
import io.idagent.platform.CpuQuestion;
import io.idagent.platform.GuestDescription;
import io.idagent.platform.LibvirtGuest;
import io.idagent.platform.LibvirtSide;
import io.idagent.platform.LibvirtUnavailableException;
import io.idagent.platform.MigrationSides;
import io.idagent.platform.Owner;
import io.idagent.settings.Account;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads each side once: libvirt, and by a shell what libvirt does not tell. Changes nothing. */
public final class MigrationInspector {

    /** An image names its backing file, and a guest may have written the image: following has an end. */
    private static final int MOST_IMAGES = 10_000;

    private final String localUri;
    private final List<Account> accounts;
    private final FormerIds former;
    private final MigrationSides sides;
    private final HostLookReader looks;
    private final ImageReader images;

    public MigrationInspector(
            String localUri, List<Account> accounts, FormerIds former, Commands commands, Duration limit) {
        this.localUri = localUri;
        this.accounts = List.copyOf(accounts);
        this.former = former;
        this.sides = new MigrationSides(limit);
        this.looks = new HostLookReader(commands, limit, accounts);
        this.images = new ImageReader(commands, limit);
    }

    /** A guest was named that is not there. */
    public static final class NoSuchGuestException extends Exception {
        private static final long serialVersionUID = 1L;

        NoSuchGuestException(String name) {
            super("there is no guest " + name + " here (virsh list --all)");
        }
    }

    /**
     * @param to the other side's libvirt, if one is meant
     * @param names of guests; none: all
     * @throws LibvirtUnavailableException if libvirt here does not answer: then there is nothing to say about guests
     */
    public MigrationFacts inspect(Optional<String> to, List<String> names)
            throws LibvirtUnavailableException, InterruptedException, NoSuchGuestException {
        LibvirtSide here = sides.ask(localUri);
        List<LibvirtGuest> guests = chosen(here, names);
        Set<String> paths = paths(guests);
        Map<String, Fact<ImageContent>> contents = new LinkedHashMap<>();
        Fact<HostLook> look = lookHere(here, guests, paths, contents);
        Optional<Fact<MigrationFacts.Side>> there =
                to.isPresent() ? Optional.of(other(to.get(), List.copyOf(paths))) : Optional.empty();
        Optional<LibvirtSide> otherLibvirt = there.flatMap(Fact::valueOf).map(MigrationFacts.Side::libvirt);
        Fact<Map<String, String>> cpus = otherLibvirt.isPresent() ? cpus(to.get(), here, guests) : Fact.known(Map.of());
        return new MigrationFacts(
                new MigrationFacts.Side(here, look),
                there,
                Fact.known(otherLibvirt
                        .map(libvirt -> addresses(libvirt.hostName()))
                        .orElse(List.of())),
                guests,
                contents,
                cpus,
                accounts,
                former);
    }

    /**
     * The same for guests that are to come here. Images are read by this host, which is to reach them.
     *
     * @param from the libvirt they run on
     */
    public MigrationFacts inspectComing(String from, List<LibvirtGuest> guests)
            throws LibvirtUnavailableException, InterruptedException {
        LibvirtSide here = sides.ask(localUri);
        LibvirtSide there = sides.ask(from);
        Set<String> paths = paths(guests);
        Map<String, Fact<ImageContent>> contents = new LinkedHashMap<>();
        Fact<HostLook> look = lookHere(here, guests, paths, contents);
        Fact<HostLook> theirLook =
                looks.look(Optional.of(from), runsAs(there), Optional.of(here.hostName()), List.copyOf(paths));
        return new MigrationFacts(
                new MigrationFacts.Side(there, theirLook),
                Optional.of(Fact.known(new MigrationFacts.Side(here, look))),
                theirLook.map(HostLook::peerAt),
                guests,
                contents,
                cpus(localUri, there, guests),
                accounts,
                former);
    }

    private Fact<HostLook> lookHere(
            LibvirtSide here, List<LibvirtGuest> guests, Set<String> paths, Map<String, Fact<ImageContent>> contents) {
        Fact<HostLook> look = looks.look(Optional.empty(), runsAs(here), Optional.empty(), List.copyOf(paths));
        while (read(look, guests, contents, paths)) {
            look = looks.look(Optional.empty(), runsAs(here), Optional.empty(), List.copyOf(paths));
        }
        return look;
    }

    /** libvirt here connects qemu to whatever name the other side's libvirt has for its host. */
    private static List<String> addresses(String name) {
        try {
            return Stream.of(InetAddress.getAllByName(name))
                    .map(InetAddress::getHostAddress)
                    .toList();
        } catch (UnknownHostException none) {
            return List.of();
        }
    }

    private Fact<MigrationFacts.Side> other(String uri, List<String> paths) throws InterruptedException {
        try {
            LibvirtSide libvirt = sides.ask(uri);
            return Fact.known(new MigrationFacts.Side(
                    libvirt, looks.look(Optional.of(uri), runsAs(libvirt), Optional.empty(), paths)));
        } catch (LibvirtUnavailableException e) {
            return Fact.unknown(e.getMessage());
        }
    }

    /** Those of these names; without names all. */
    public static List<LibvirtGuest> chosen(LibvirtSide here, List<String> names) throws NoSuchGuestException {
        Map<String, LibvirtGuest> all = new TreeMap<>();
        here.guests().forEach(guest -> all.put(guest.name(), guest));
        if (names.isEmpty()) {
            return List.copyOf(all.values());
        }
        List<LibvirtGuest> chosen = new ArrayList<>();
        for (String name : new LinkedHashSet<>(names)) {
            if (!all.containsKey(name)) {
                throw new NoSuchGuestException(name);
            }
            chosen.add(all.get(name));
        }
        return chosen;
    }

    private static Set<String> paths(List<LibvirtGuest> guests) {
        Set<String> paths = new LinkedHashSet<>();
        for (LibvirtGuest guest : guests) {
            for (GuestDescription description : List.of(guest.now(), guest.defined())) {
                for (GuestDescription.Disk disk : description.disks()) {
                    disk.path().ifPresent(paths::add);
                    disk.backing()
                            .ifPresent(members ->
                                    members.forEach(member -> member.path().ifPresent(paths::add)));
                }
            }
        }
        return paths;
    }

    /** Reads what was not read yet. @return whether an image named a backing file that nobody had named before */
    private boolean read(
            Fact<HostLook> look,
            List<LibvirtGuest> guests,
            Map<String, Fact<ImageContent>> contents,
            Set<String> paths) {
        boolean news = false;
        for (FileLook file : look.map(HostLook::files).orElse(Map.of()).values()) {
            boolean hasContent = file.entry()
                    .filter(entry -> file.isRegular() || entry.kind().startsWith("block"))
                    .isPresent();
            if (!hasContent || contents.containsKey(file.path())) {
                continue;
            }
            contents.put(file.path(), images.read(file));
        }
        for (MigrationFacts.Layer layer : layers(guests, contents)) {
            if (paths.size() < MOST_IMAGES) {
                news |= paths.add(layer.path());
            }
        }
        return news;
    }

    private static List<MigrationFacts.Layer> layers(
            List<LibvirtGuest> guests, Map<String, Fact<ImageContent>> contents) {
        return guests.stream()
                .flatMap(guest -> Stream.of(guest.now(), guest.defined()))
                .flatMap(description -> description.disks().stream())
                .flatMap(disk -> MigrationFacts.chain(disk, contents).stream())
                .toList();
    }

    private Owner runsAs(LibvirtSide side) {
        return side.baseLabel().orElse(accounts.get(0).target());
    }

    /** An emulated CPU is compared as well: the other side's qemu may be older. */
    private Fact<Map<String, String>> cpus(String uri, LibvirtSide here, List<LibvirtGuest> guests)
            throws InterruptedException {
        Map<String, CpuQuestion> questions = new LinkedHashMap<>();
        for (LibvirtGuest guest : guests) {
            GuestDescription now = guest.now();
            now.cpu().filter(GuestDescription.Cpu::checked).ifPresent(cpu -> {
                boolean passedThrough = !cpu.mode().equals("custom");
                Optional<String> wanted = passedThrough ? here.hostCpu() : Optional.of(cpu.xml());
                if (!passedThrough || now.virtType().equals("kvm")) {
                    wanted.ifPresent(xml -> questions.put(
                            guest.name(),
                            new CpuQuestion(now.emulator(), now.arch(), now.machine(), now.virtType(), xml)));
                }
            });
        }
        if (questions.isEmpty()) {
            return Fact.known(Map.of());
        }
        try {
            List<Optional<String>> answers = sides.compare(uri, List.copyOf(questions.values()));
            Map<String, String> lacking = new LinkedHashMap<>();
            int number = 0;
            for (String guest : questions.keySet()) {
                answers.get(number++).ifPresent(what -> lacking.put(guest, what));
            }
            return Fact.known(lacking);
        } catch (LibvirtUnavailableException e) {
            return Fact.unknown(e.getMessage());
        }
    }
}
