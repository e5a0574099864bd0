package io.idagent.lab;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hypervisor that is up. Commands run on it as root, with none of this machine's environment. */
public final class Host {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern BASE_LABEL = Pattern.compile("<baselabel type='qemu'>(.*)</baselabel>");

    /** Ids, owners and modes, units and guests: what a conversion may change, and a refused one must not. */
    private static final String SNAPSHOT = """
            cat /etc/passwd /etc/group
            find /etc/passwd* /etc/group* /etc/shadow* /etc/gshadow* -printf '%U:%G %m %s %p\\n' | sort -k 4
            find /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run/libvirt -printf '%U:%G %y %m %p\\n' | sort -k 4
            systemctl list-units --all --plain --no-legend '*virt*' | awk '{print $1, $2, $3, $4}' | sort
            ls -R /run/systemd/system
            ps -eo uid,gid,pid,comm | grep qemu-system || true
            """;

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
        Result result = lab.onHost(name, command).await(LIMIT);
        lab.remember(name, result, command);
        return result;
    }

    /** Starts a command that the test does something to while it runs. */
    public Running start(String... command) {
        return lab.onHost(name, command);
    }

    /** Runs a shell script that must succeed; returns what it prints, without the last newline. */
    public String sh(String script) {
        return run("sh", "-ec", script).mustSucceed().out().stripTrailing();
    }

    /** A guest of this name; it is made when it is first started or defined. */
    public Guest guest(String guest) {
        return new Guest(this, guest);
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

    /** The numbers of a file's owner: "109:114". */
    public String owner(String path) {
        return run("stat", "-c", "%u:%g", path).mustSucceed().out().stripTrailing();
    }

    /** Text that is the same as before exactly if nothing has changed that a conversion could change. */
    public String snapshot() {
        return sh(SNAPSHOT);
    }

    /** Ends everything on the host at once, as a power cut does. The disk stays as it is. */
    public void crash() {
        lab.script(LIMIT, "crash", name).mustSucceed();
    }

    /** Boots again after a crash. */
    public void bootAgain() {
        lab.script(LIMIT, "boot", name).mustSucceed();
    }

    Result guestScript(String guest, String verb) {
        Result result = lab.script(LIMIT, "guest", name, guest, verb);
        lab.remember(name, result, "guest", guest, verb);
        return result;
    }
}
