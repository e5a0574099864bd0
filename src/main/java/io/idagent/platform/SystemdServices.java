package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * libvirt's units under systemd.
 *
 * <p>Units are held by a drop-in with an assertion, not by {@code systemctl mask --runtime}: a mask in /run loses
 * against a copy of the unit in /etc, and says nothing about it.
 */
public final class SystemdServices implements Services {

    private static final Path RUNTIME_UNITS = Path.of("/run/systemd/system");
    private static final String DROP_IN = "50-libvirt-id-agent.conf";
    private static final List<String> LIBVIRT = List.of("libvirtd*", "virtqemud*");

    private static final int MOST_ATTEMPTS = 5;

    /** It is ordered before libvirt's services: while it runs, they wait to be started. */
    private static final String RECOVERY_AT_BOOT = "libvirt-id-agent-recover.service";

    private final Commands commands;
    private final Duration limit;
    private final Path holdFile;
    private final List<String> accountUnits;

    /**
     * @param holdFile while it exists, a held unit does not start
     * @param limit for one call of systemctl
     * @param accountUnits what is held, stopped and started together with libvirt's own, where it is installed
     */
    public SystemdServices(Commands commands, Duration limit, Path holdFile, List<String> accountUnits) {
        this.accountUnits = List.copyOf(accountUnits);
        this.commands = commands;
        this.limit = limit;
        this.holdFile = holdFile;
    }

    @Override
    public List<Unit> libvirtUnits() throws ServiceException {
        List<String> names = new ArrayList<>();
        List<String> asked = new ArrayList<>(LIBVIRT);
        asked.addAll(accountUnits);
        for (String line : systemctl(List.of("list-unit-files", "--no-legend", "--no-pager", "--plain"), asked)
                .lines()
                .toList()) {
            String name = line.split("\\s+")[0];
            // libvirtd@.service would be a template, which cannot be up.
            boolean libvirts = (name.endsWith(".service") || name.endsWith(".socket")) && !name.contains("@");
            if (libvirts || accountUnits.contains(name)) {
                names.add(name);
            }
        }
        return names.isEmpty() ? List.of() : states(names);
    }

    private List<Unit> states(List<String> names) throws ServiceException {
        List<Unit> units = new ArrayList<>();
        List<String> answers = systemctl(List.of("show", "--property=ActiveState", "--value"), names)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        if (answers.size() != names.size()) {
            throw new ServiceException("systemctl show: asked for the state of " + names + ", got " + answers);
        }
        for (int i = 0; i < answers.size(); i++) {
            units.add(new Unit(names.get(i), isUp(answers.get(i))));
        }
        return units;
    }

    private static boolean isUp(String activeState) {
        return !activeState.equals("inactive") && !activeState.equals("failed");
    }

    @Override
    public List<String> activeDependents(List<String> units) throws ServiceException {
        if (units.isEmpty()) {
            return List.of();
        }
        Set<String> found = new TreeSet<>();
        Set<String> toAsk = new LinkedHashSet<>(units);
        while (!toAsk.isEmpty()) {
            String answer = systemctl(
                    List.of("show", "--property=RequiredBy,BoundBy,ConsistsOf", "--value"), List.copyOf(toAsk));
            toAsk.clear();
            for (String name : answer.split("\\s+")) {
                // Targets come back with the units that they consist of.
                if (!name.isEmpty() && !name.endsWith(".target") && !units.contains(name) && found.add(name)) {
                    toAsk.add(name);
                }
            }
        }
        if (found.isEmpty()) {
            return List.of();
        }
        return states(List.copyOf(found)).stream()
                .filter(Unit::active)
                .map(Unit::name)
                .toList();
    }

    @Override
    public void hold(List<String> units) throws ServiceException {
        try {
            for (String unit : units) {
                Path folder = RUNTIME_UNITS.resolve(unit + ".d");
                Files.createDirectories(folder);
                Files.writeString(folder.resolve(DROP_IN), """
                        # libvirt's account is being given other ids. A daemon that started now
                        # would give guests the old ones.
                        [Unit]
                        AssertPathExists=!%s
                        """.formatted(holdFile));
            }
            Files.createDirectories(holdFile.getParent());
            Files.write(holdFile, new byte[0]);
        } catch (IOException e) {
            throw new ServiceException("cannot hold " + units + " back: " + e, e);
        }
        systemctl(List.of("daemon-reload"), List.of());
    }

    @Override
    public void release(List<String> units) throws ServiceException {
        boolean changed = false;
        try {
            changed |= Files.deleteIfExists(holdFile);
            for (String unit : units) {
                Path folder = RUNTIME_UNITS.resolve(unit + ".d");
                changed |= Files.deleteIfExists(folder.resolve(DROP_IN));
                deleteIfEmpty(folder);
            }
        } catch (IOException e) {
            throw new ServiceException("cannot let " + units + " start again: " + e, e);
        }
        if (changed) {
            systemctl(List.of("daemon-reload"), List.of());
        }
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (java.nio.file.DirectoryNotEmptyException others) {
            // Somebody else's drop-ins stay.
        } catch (NoSuchFileException gone) {
            // As wished.
        }
    }

    @Override
    public void stop(List<String> units) throws ServiceException {
        if (units.isEmpty()) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            Optional<ServiceException> failure = tryToStop(units);
            List<String> stillUp =
                    states(units).stream().filter(Unit::active).map(Unit::name).toList();
            if (stillUp.isEmpty()) {
                return;
            }
            if (attempt == MOST_ATTEMPTS) {
                throw failure.orElseGet(() ->
                        new ServiceException("systemctl stop returned, but still up: " + String.join(", ", stillUp)));
            }
        }
    }

    /** A start that somebody else asks for at the same moment cancels a stop, even where the unit may not start. */
    private Optional<ServiceException> tryToStop(List<String> units) throws ServiceException {
        try {
            systemctl(List.of("stop"), units);
            return Optional.empty();
        } catch (ServiceException e) {
            if (e.getCause() != null) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    @Override
    public void start(List<String> units) throws ServiceException {
        if (units.isEmpty()) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                tryToStart(units);
                return;
            } catch (ServiceException e) {
                if (attempt == MOST_ATTEMPTS || !wereHeld(units)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Whether the last start of one of these units met the assertion of {@link #hold}. Somebody else's start, asked for
     * before the release and not done yet, takes ours with it when it fails.
     */
    private boolean wereHeld(List<String> units) throws ServiceException {
        return systemctl(List.of("show", "--property=AssertResult", "--value"), units)
                .lines()
                .anyMatch("no"::equals);
    }

    /** A unit that was stopped and started a few times in a row would be refused for that alone. */
    private void resetFailed(List<String> units) throws ServiceException {
        try {
            systemctl(List.of("reset-failed"), units);
        } catch (ServiceException e) {
            // Of a unit that nothing refers to systemd forgets all when it stops; the others were reset nevertheless.
            if (e.getCause() != null || !e.getMessage().contains("not loaded")) {
                throw e;
            }
        }
    }

    private void tryToStart(List<String> units) throws ServiceException {
        resetFailed(units);
        if (!libvirtWaitsForUs()) {
            systemctl(List.of("start"), units);
            return;
        }
        // By the order of the boot they would start when we have ended, and we would wait for that.
        List<String> sockets =
                units.stream().filter(unit -> unit.endsWith(".socket")).toList();
        List<String> others =
                units.stream().filter(unit -> !unit.endsWith(".socket")).toList();
        if (!sockets.isEmpty()) {
            systemctl(List.of("start"), sockets);
        }
        if (!others.isEmpty()) {
            systemctl(List.of("start", "--job-mode=ignore-dependencies"), others);
        }
    }

    @Override
    public boolean libvirtWaitsForUs() throws ServiceException {
        try {
            return Files.readString(Path.of("/proc/self/cgroup")).contains("/" + RECOVERY_AT_BOOT);
        } catch (IOException e) {
            throw new ServiceException("cannot see which unit this is: " + e, e);
        }
    }

    @Override
    public boolean isShuttingDown() throws ServiceException {
        try {
            CommandResult result = commands.run(List.of("systemctl", "is-system-running"), limit);
            return result.out().strip().equals("stopping");
        } catch (CommandException e) {
            throw new ServiceException(e.getMessage(), e);
        }
    }

    private String systemctl(List<String> words, List<String> units) throws ServiceException {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        command.addAll(words);
        command.addAll(units);
        try {
            CommandResult result = commands.run(command, limit);
            // list-unit-files answers 1 and nothing where no unit matches (systemd 254 and later).
            boolean nothingFound = words.get(0).equals("list-unit-files")
                    && result.out().isBlank()
                    && result.err().isBlank();
            if (result.exitCode() != 0 && !nothingFound) {
                throw new ServiceException(result.describe());
            }
            return result.out();
        } catch (CommandException e) {
            throw new ServiceException(e.getMessage(), e);
        }
    }
}
