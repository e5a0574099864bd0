package io.idagent.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Hypervisors that live as long as a test: real systemd, real libvirtd, real qemu, each in a container of its own.
 *
 * <p>The lab belongs to this JVM, of which several may run at once. Where it is killed, the next lab on the
 * machine takes its hosts down.
 */
public final class Lab implements AutoCloseable {

    /** The first boot on a machine makes the base, which downloads some hundred megabytes. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(40);

    private final Path script;
    private final Duration limit;
    private final StringBuffer transcript = new StringBuffer();

    public Lab() {
        this("lab", Duration.ofMinutes(2));
    }

    /** Hosts that are full machines, with a kernel and an NFS server of their own, on an emulated processor: slow. */
    static Lab ofVirtualMachines() {
        return new Lab("vm", Duration.ofMinutes(30));
    }

    private Lab(String script, Duration limit) {
        this.script = Path.of("src/test/lab", script).toAbsolutePath();
        this.limit = limit;
        script(BOOT_LIMIT, "down", "--all").mustSucceed();
    }

    /** How long a command on a host may take. */
    Duration limit() {
        return limit;
    }

    /** A host that can be booted; its name is h1 to h9. */
    public HostBuilder host(String name) {
        return new HostBuilder(this, name);
    }

    /** Takes all hosts down. */
    @Override
    public void close() {
        script(BOOT_LIMIT, "down", "--all").mustSucceed();
    }

    /** Every command that was run on a host so far, with what it said. */
    public String transcript() {
        return transcript.toString();
    }

    /**
     * Of virtual machines: the first one exports a directory, all mount it where images lie.
     *
     * @param export options as in exports(5). @param mount options as in nfs(5)
     */
    public void exportImages(String export, String mount, Host... hosts) {
        List<String> words = new ArrayList<>(List.of("storage", export, mount));
        List.of(hosts).forEach(host -> words.add(host.name()));
        script(limit, words.toArray(String[]::new)).mustSucceed();
    }

    Host boot(String name, List<String> options) {
        List<String> up = new ArrayList<>(List.of("up", name));
        up.addAll(options);
        script(BOOT_LIMIT, up.toArray(String[]::new)).mustSucceed();
        return new Host(this, name, options.contains(HostBuilder.SHARED));
    }

    Result script(Duration limit, String... arguments) {
        return Running.start(script, arguments).await(limit);
    }

    Running onHost(String host, String... command) {
        return start("exec", host, command);
    }

    Running inNetworkOf(String host, String... command) {
        return start("network", host, command);
    }

    private Running start(String verb, String host, String... command) {
        String[] arguments = new String[command.length + 2];
        arguments[0] = verb;
        arguments[1] = host;
        System.arraycopy(command, 0, arguments, 2, command.length);
        return Running.start(script, arguments);
    }

    void remember(String host, Result result, String... command) {
        transcript.append("%s# %s%n%s%s(exit %d)%n"
                .formatted(host, String.join(" ", command), result.out(), result.err(), result.exitCode()));
    }
}
