package io.idagent.crash;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A hypervisor of the lab. A power cut ends all of it at once, and boots it again; its disk is the machine's own. */
final class HostWorld implements World {

    private static final String STATE = "/var/lib/libvirt-id-agent";
    private static final String SINCE = "/var/lib/libvirt/images/since.raw";
    private static final String TRACE = "/root/trace";

    private static final String HELD =
            "ls -d /run/systemd/system/*/*libvirt-id-agent* /run/libvirt-id-agent/converting 2>/dev/null || true";

    private final Host host;
    private final Path scratch;
    private final String old;

    HostWorld(Lab lab, String name, Path directory) throws Exception {
        host = lab.host(name).withIds(109, 114).boot();
        scratch = Files.createDirectories(directory);
        host.sh("cd /var/lib/libvirt/images && touch orphan.raw already.raw root.raw && chown 994:994 orphan.raw\n"
                + "chown 64055:64055 already.raw && mkdir sub && ln -s / sub/link && chown -hR 109:114 sub");
        old = snapshot();
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public void reset(boolean converted) throws Exception {
        if (!snapshot().equals(whollyOld())) {
            agent(List.of(), "--rollback").mustSucceed();
        }
        if (!snapshot().equals(whollyOld())) {
            throw new IllegalStateException(
                    "the host does not come back to\n" + whollyOld() + "\nbut is\n" + snapshot());
        }
        host.sh("rm -rf " + STATE + " /etc/libvirt-id-agent/paused " + SINCE);
        if (converted) {
            agent(List.of(), "--convert-now").mustSucceed();
            host.sh("touch " + SINCE + " && chown 64055:64055 " + SINCE);
        }
    }

    @Override
    public Result agent(List<String> before, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add("libvirt-id-agent");
        command.addAll(List.of(arguments));
        return host.run(command.toArray(String[]::new));
    }

    @Override
    public String traceFile() {
        return TRACE;
    }

    @Override
    public String readTrace() {
        return host.sh("cat " + TRACE);
    }

    @Override
    public void powerCut() {
        host.crash();
        host.bootAgain();
    }

    @Override
    public String snapshot() {
        String label = host.baseLabel(); // wakes libvirtd, which else may sleep in one snapshot and not in the other
        return host.ids() + " ids\n" + label + " label\n" + host.owners().replaceAll("(?m)^.* " + SINCE + "\n?", "")
                + "\n" + host.activeUnits() + "\n" + host.sh(HELD);
    }

    @Override
    public String whollyOld() {
        return old;
    }

    @Override
    public String whollyNew() {
        return old.replaceAll("(?m)^(109:114|994:994) ", "64055:64055 ").replace("+109:+114", "+64055:+64055");
    }

    @Override
    public String madeSince() {
        return host.sh("[ ! -e " + SINCE + " ] || stat -c %u:%g " + SINCE).strip();
    }

    @Override
    public String litter() {
        return host.sh("ls /etc/passwd.lock /etc/group.lock /etc/shadow.lock /etc/gshadow.lock 2>/dev/null || true");
    }

    @Override
    public String journals() {
        return host.sh("[ ! -d " + STATE + " ] || find " + STATE + " -type f -exec cksum {} + | LC_ALL=C sort");
    }

    /** Fetched here, as the reader is the program's own. */
    @Override
    public List<String> lastEntries() throws Exception {
        Path copy = Files.createTempDirectory(
                scratch, "state", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        String tar = host.sh("mkdir -p -m 700 " + STATE + "; tar -C " + STATE + " -cz . | base64 -w 0");
        Files.write(copy.resolve("tar"), Base64.getDecoder().decode(tar));
        Disks.run("tar", "-C", copy.toString(), "-xzf", copy.resolve("tar").toString());
        List<String> entries = Journals.lastEntries(copy);
        Disks.run("rm", "-rf", copy.toString());
        return entries;
    }

    @Override
    public void close() {
        // The lab takes it down.
    }
}
