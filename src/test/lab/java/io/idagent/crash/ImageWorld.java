package io.idagent.crash;

import io.idagent.lab.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A system that does not run, converted by --root. Account files, journals and libvirt's files lie on three file systems,
 * because what is on the disk of one says nothing of the others.
 */
final class ImageWorld implements World {

    private static final Path PROGRAM = Path.of("deploy/bin/libvirt-id-agent").toAbsolutePath();
    private static final String STATE = "var/lib/libvirt-id-agent";
    private static final String FILES = "var/lib/libvirt";
    private static final String SINCE = FILES + "/images/since";

    private static final String MAKE = """
            cd "$1" && mkdir -p etc/libvirt-id-agent run tmp home var/lib/libvirt/qemu/save var/lib/libvirt/images/sub
            printf 'root:x:0:0::/root:/bin/sh\\nlibvirt-qemu:x:109:105::/var/lib/libvirt:/usr/sbin/nologin\\n' >etc/passwd
            printf 'root:x:0:\\nkvm:x:105:\\nlibvirt-qemu:x:114:\\n' >etc/group
            printf 'root:*:19000::::::\\nlibvirt-qemu:!:19000::::::\\n' >etc/shadow
            printf 'root:*::\\nkvm:!::\\nlibvirt-qemu:!::\\n' >etc/gshadow
            chmod 640 etc/shadow etc/gshadow
            printf 'SYS_UID_MIN 100\\nSYS_UID_MAX 999\\nSYS_GID_MIN 100\\nSYS_GID_MAX 999\\n' >etc/login.defs
            cd var/lib/libvirt
            for i in $(seq 40); do echo "$i" >qemu/save/"$i"; echo "$i" >images/sub/"$i"; done
            chown -R 109:114 qemu images/sub
            touch images/orphan images/user images/group images/new images/root images/record images/listed images/tool
            chown 117:121 images/orphan; chown 109:0 images/user; chown 0:114 images/group; chown 64055:64055 images/new
            printf x >"images/$(printf 'n\\377me\\nof two lines')"; chown 109:114 images/n*two*
            ln -s / images/link; chown -h 109:114 images/link; mkfifo images/fifo; chown 109:114 images/fifo
            ln images/user images/sub/hard
            setfattr -n trusted.libvirt.security.dac -v '+109:+114' images/record
            setfacl -m u:109:rw,g:114:r images/listed
            chown 0:114 images/tool; chmod 2755 images/tool; setcap cap_net_bind_service+ep images/tool
            """;

    private static final String SNAPSHOT = """
            cd "$1" && grep libvirt etc/passwd etc/group etc/shadow etc/gshadow
            cd var/lib/libvirt; find . ! -name lost+found ! -name since -printf '%U:%G %y %m %s %p\\n' | LC_ALL=C sort -k 5
            getfacl -n --omit-header images/listed; getfattr -d -m trusted images/record; getcap images/tool
            """;

    private final Path directory;
    private final Disks disks;
    private final String name;
    private final String old;

    ImageWorld(Path directory, String name) throws Exception {
        this.directory = Files.createDirectories(directory);
        this.name = name;
        this.disks = new Disks(directory, List.of("", STATE, FILES));
        disks.make();
        Files.setPosixFilePermissions(
                disks.root().resolve(STATE), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        sh(MAKE);
        old = snapshot();
        disks.save(directory.resolve("old"));
        agent(List.of(), "--convert-now").mustSucceed();
        sh("cd \"$1\" && touch " + SINCE + " && chown 64055:64055 " + SINCE);
        disks.save(directory.resolve("converted"));
        if (!snapshot().equals(whollyNew())) {
            throw new IllegalStateException(
                    "converted without any fault it is\n" + snapshot() + "\nnot\n" + whollyNew());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void reset(boolean converted) throws IOException {
        // ext4 writes by itself after a second, or as good as never: what nobody syncs may or may not be there.
        disks.restore(directory.resolve(converted ? "converted" : "old"), converted ? 1 : 300);
    }

    @Override
    public Result agent(List<String> before, String... arguments) {
        List<String> command = new ArrayList<>(before);
        // The Java that runs this need not be root's, and root's program runs no other.
        command.addAll(0, List.of("env", "-u", "JAVA_HOME"));
        command.add(PROGRAM.toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--root", disks.root().toString()));
        return Disks.result(command.toArray(String[]::new));
    }

    @Override
    public String traceFile() {
        return directory.resolve("trace").toString();
    }

    @Override
    public String readTrace() throws IOException {
        return new String(Files.readAllBytes(directory.resolve("trace")), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void powerCut() throws IOException {
        disks.powerCut(5);
    }

    @Override
    public String snapshot() {
        return sh(SNAPSHOT);
    }

    @Override
    public String whollyOld() {
        return old;
    }

    @Override
    public String whollyNew() {
        return old.replaceAll("(?m)^(109|117):", "64055:")
                .replaceAll("(?m)^(\\d+):(114|121) ", "$1:64055 ")
                .replace("x:109:", "x:64055:")
                .replace("x:114:", "x:64055:")
                .replace("+109:+114", "+64055:+64055")
                .replace("user:109:", "user:64055:")
                .replace("group:114:", "group:64055:");
    }

    @Override
    public String madeSince() {
        return sh("cd \"$1\" && { [ ! -e " + SINCE + " ] || stat -c %u:%g " + SINCE + "; }")
                .strip();
    }

    @Override
    public String litter() {
        return sh("cd \"$1\" && find etc -name '*.lock' ! -name .pwd.lock");
    }

    @Override
    public String journals() {
        return sh("cd \"$1\"/" + STATE + " && find . -type f -exec cksum {} + | LC_ALL=C sort");
    }

    @Override
    public List<String> lastEntries() throws IOException {
        return Journals.lastEntries(disks.root().resolve(STATE));
    }

    @Override
    public void close() throws IOException {
        disks.unmount();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private String sh(String script) {
        return Disks.result("sh", "-c", script, "sh", disks.root().toString()).out();
    }
}
