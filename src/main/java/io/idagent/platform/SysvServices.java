package io.idagent.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * libvirt's daemons under an init system with scripts in /etc/init.d, by {@code service(8)}.
 *
 * <p>Scripts cannot be held back: {@link #hold} does nothing, and the runner looks for guests once more instead.
 */
public final class SysvServices implements Services {

    private static final List<String> LIBVIRT = List.of("libvirtd", "libvirt-bin", "virtqemud");

    private final Commands commands;
    private final Duration limit;

    public SysvServices(Commands commands, Duration limit) {
        this.commands = commands;
        this.limit = limit;
    }

    @Override
    public List<Unit> libvirtUnits() throws ServiceException {
        List<Unit> units = new ArrayList<>();
        for (String name : LIBVIRT) {
            if (Files.exists(Path.of("/etc/init.d", name))) {
                units.add(new Unit(name, service(name, "status").exitCode() == 0));
            }
        }
        return units;
    }

    @Override
    public List<String> activeDependents(List<String> units) {
        return List.of();
    }

    @Override
    public void hold(List<String> units) {}

    @Override
    public void release(List<String> units) {}

    @Override
    public void stop(List<String> units) throws ServiceException {
        for (String unit : units) {
            expect(service(unit, "stop"));
            CommandResult status = service(unit, "status");
            if (status.exitCode() == 0) {
                throw new ServiceException(
                        "service " + unit + " stop returned, but it is still up: " + status.describe());
            }
        }
    }

    @Override
    public void start(List<String> units) throws ServiceException {
        for (String unit : units) {
            expect(service(unit, "start"));
        }
    }

    /** What is started at boot, and in which order, is init's business; there is no recovery among it. */
    @Override
    public boolean libvirtWaitsForUs() {
        return false;
    }

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    private CommandResult service(String name, String verb) throws ServiceException {
        try {
            return commands.run(List.of("service", name, verb), limit);
        } catch (CommandException e) {
            throw new ServiceException(e.getMessage(), e);
        }
    }

    private static void expect(CommandResult result) throws ServiceException {
        if (result.exitCode() != 0) {
            throw new ServiceException(result.describe());
        }
    }
}
