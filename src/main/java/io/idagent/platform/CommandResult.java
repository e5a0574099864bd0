package io.idagent.platform;

import java.util.List;

/**
 * What a program that ran to its end left behind.
 *
 * @param out standard output, at most {@link Commands#OUTPUT_LIMIT} bytes of it
 * @param err standard error, likewise
 */
public record CommandResult(List<String> argv, int exitCode, String out, String err) {

    public CommandResult {
        argv = List.copyOf(argv);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /** For an error sentence: {@code usermod -u 64055 libvirt-qemu: exit 8: user libvirt-qemu is currently used}. */
    public String describe() {
        String said = (err.isBlank() ? out : err).strip().replaceAll("\\s*\n\\s*", "; ");
        // Most programs begin with their own name, which stands at the front already.
        String own = programName() + ": ";
        String reason = said.startsWith(own) ? said.substring(own.length()) : said;
        return String.join(" ", argv) + ": exit " + exitCode + (reason.isEmpty() ? "" : ": " + reason);
    }

    private String programName() {
        String program = argv.get(0);
        return program.substring(program.lastIndexOf('/') + 1);
    }
}
