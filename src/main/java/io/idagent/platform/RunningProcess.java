package io.idagent.platform;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One process: its credentials and what it runs.
 *
 * @param executable the file it runs, as the kernel names it (with " (deleted)" after an upgrade); empty if there is
 *     none, or if only root may see it
 * @param arguments its command line, which a process can change; empty for kernel threads
 */
public record RunningProcess(
        ProcessStatus status, Optional<String> executable, List<String> arguments, boolean kernelThread) {

    private static final String DELETED = " (deleted)";

    public RunningProcess {
        arguments = List.copyOf(arguments);
    }

    public int pid() {
        return status.pid();
    }

    /** The names this process may go by: of its executable file, and of the first word of its command line. */
    public List<String> programNames() {
        return Stream.concat(executable.stream(), arguments.stream().limit(1))
                .map(RunningProcess::baseName)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    /** The name to show to a person. */
    public String program() {
        return programNames().stream().findFirst().orElse(status.name());
    }

    /** Whether this is the libvirt daemon that starts qemu: one for all, or the one for qemu alone. */
    public boolean isLibvirtDaemon() {
        return programNames().stream().anyMatch(name -> name.equals("libvirtd") || name.equals("virtqemud"));
    }

    private static String baseName(String path) {
        String file = path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
