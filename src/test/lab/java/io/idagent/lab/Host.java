package io.idagent.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hypervisor that is up. Commands run on it as root, with none of this machine's environment. */
public final class Host {

    private static final Pattern BASE_LABEL = Pattern.compile("<baselabel type='qemu'>(.*)</baselabel>");

    private static final String ROOTS = "/var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run/libvirt";

    /** Ids, owners and modes, units and guests: what a conversion may change, and a refused one must not. */
    private static final String SNAPSHOT = """
            cat /etc/passwd /etc/group
            find /etc/passwd* /etc/group* /etc/shadow* /etc/gshadow* -printf '%U:%G %m %s %p\\n' | sort -k 4
            find ROOTS -printf '%U:%G %y %m %p\\n' | LC_ALL=C sort -k 4
            systemctl list-units --all --plain --no-legend '*virt*' | awk '{print $1, $2, $3, $4}' | sort
            ls -R /run/systemd/system
            ps -eo uid,gid,pid,comm | grep qemu-system || true
            """.replace("ROOTS", ROOTS);

    private final Lab lab;
    private final String name;
    private final boolean migrationIsUnsafe;

    Host(Lab lab, String name, boolean migrationIsUnsafe) {
        this.lab = lab;
        this.name = name;
        this.migrationIsUnsafe = migrationIsUnsafe;
    }

    public String name() {
        return name;
    }

    /** Runs a command to its end, whatever its exit code. */
    public Result run(String... command) {
        Result result = lab.onHost(name, command).await(lab.limit());
        lab.remember(name, result, command);
        return result;
    }

    /** Runs our program, as an administrator would. */
    public Result agent(String... arguments) {
        return run(withProgram(List.of(), arguments));
    }

    /**
     * Runs our program and kills it, and nothing else, when it makes this system call for the nth time. Exits with 137, unless
     * the call is not made as often.
     */
    public Result agentKilledAt(String systemCall, int nth, String... arguments) {
        // Without --seccomp-bpf, with which strace 6.1 miscounts.
        List<String> strace = List.of(
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + systemCall,
                "-e",
                "inject=" + systemCall + ":signal=SIGKILL:when=" + nth);
        return run(withProgram(strace, arguments));
    }

    /** Starts a command that the test does something to while it runs. */
    public Running start(String... command) {
        return lab.onHost(name, command);
    }

    /** Starts a command of this machine in the host's network, where its loopback is. */
    public Running startInItsNetwork(String... command) {
        return lab.inNetworkOf(name, command);
    }

    /** Runs a shell script that must succeed; returns what it prints, without the last newline. */
    public String sh(String script) {
        return run("sh", "-ec", script).mustSucceed().out().stripTrailing();
    }

    /** A guest of this name; it is made when it is first started or defined. */
    public Guest guest(String guest) {
        return new Guest(this, guest);
    }

    /** Starts a process that stays until the host ends; returns when the program has begun to run. */
    public void leaveRunning(String... command) {
        List<String> words = new ArrayList<>(List.of("systemd-run", "--quiet", "--service-type=exec"));
        words.addAll(List.of(command));
        run(words.toArray(String[]::new)).mustSucceed();
    }

    /** From now on, whenever somebody runs this program, the script runs first. "$@" are the program's arguments. */
    public void beforeEach(String program, String script) {
        sh("""
                mkdir -p /usr/local/lib/lab
                [ -e /usr/local/lib/lab/$(basename PROGRAM) ] || mv PROGRAM /usr/local/lib/lab/
                cat >PROGRAM <<'END'
                #!/bin/sh
                SCRIPT
                exec /usr/local/lib/lab/$(basename "$0") "$@"
                END
                chmod 755 PROGRAM
                """.replace("PROGRAM", program).replace("SCRIPT", script));
    }

    /** Takes that back. */
    public void nothingBefore(String program) {
        sh("mv /usr/local/lib/lab/$(basename " + program + ") " + program);
    }

    /** Live migration over ssh. */
    public Result migrate(Guest guest, Host destination) {
        String uri = "qemu+ssh://" + destination.name + "/system";
        // libvirt does not know that a plain directory is shared.
        return migrationIsUnsafe
                ? run("virsh", "migrate", "--live", "--unsafe", guest.name(), uri)
                : run("virsh", "migrate", "--live", guest.name(), uri);
    }

    /** What the names say now: "109:114". */
    public String ids() {
        return sh("echo $(id -u libvirt-qemu):$(getent group libvirt-qemu | cut -d: -f3)");
    }

    /** What the running libvirt has cached: "+109:+114". */
    public String baseLabel() {
        Matcher label = BASE_LABEL.matcher(sh("virsh capabilities"));
        if (!label.find()) {
            throw new AssertionError("libvirt on " + name + " names no base label");
        }
        return label.group(1);
    }

    /** Of a virtual machine: gives its account these numbers, as if it had always had them. No guest must run. */
    public void giveIds(long uid, long gid) {
        lab.script(lab.limit(), "ids", name, uid + ":" + gid).mustSucceed();
    }

    /** The numbers of a file's owner: "109:114". */
    public String owner(String path) {
        return run("stat", "-c", "%u:%g", path).mustSucceed().out().stripTrailing();
    }

    /** The ids of all files below libvirt's own roots, with type and mode: a line each. */
    public String owners() {
        return sh("find " + ROOTS + " -printf '%U:%G %y %m %p\\n' | LC_ALL=C sort -k 4");
    }

    /** Files below libvirt's own roots that carry the uid or the gid, whatever else they carry; none: "". */
    public String filesWith(long uid, long gid) {
        return sh("find " + ROOTS + " -uid " + uid + " -o -gid " + gid);
    }

    /** libvirt's units that are up, a line each; a service that sleeps behind its socket is not. */
    public String activeUnits() {
        return sh("systemctl list-units --plain --no-legend --state=active '*virt*' | awk '{print $1}' | sort");
    }

    /** Text that is the same as before exactly if nothing has changed that a conversion could change. */
    public String snapshot() {
        return sh(SNAPSHOT);
    }

    /** Ends everything on the host at once, as a power cut does. The disk stays as it is. */
    public void crash() {
        lab.script(lab.limit(), "crash", name).mustSucceed();
    }

    /** Waits for the end of a shutdown that has begun. Until then the host must not be asked anything. */
    public void awaitEnd() {
        lab.script(lab.limit(), "await-end", name).mustSucceed();
    }

    /** Boots again after either. */
    public void bootAgain() {
        lab.script(lab.limit(), "boot", name).mustSucceed();
    }

    private static String[] withProgram(List<String> before, String... arguments) {
        List<String> words = new ArrayList<>(before);
        words.add("libvirt-id-agent");
        words.addAll(List.of(arguments));
        return words.toArray(String[]::new);
    }

    Result guestScript(String guest, String verb) {
        Result result = lab.script(lab.limit(), "guest", name, guest, verb);
        lab.remember(name, result, "guest", guest, verb);
        return result;
    }
}
