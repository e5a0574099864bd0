package io.idagent.platform;

import java.util.List;
import java.util.Optional;

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
        // No stream: this runs for each process of the host, at every look.
        String file = executable.map(RunningProcess::baseName).orElse("");
        String word = arguments.isEmpty() ? "" : baseName(arguments.get(0));
        if (file.isEmpty() || file.equals(word)) {
            return word.isEmpty() ? List.of() : List.of(word);
        }
        return word.isEmpty() ? List.of(file) : List.of(file, word);
    }

    /** The name to show to a person. */
    public String program() {
        return Printable.line(programNames().stream().findFirst().orElse(status.name()));
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
