package io.idagent.badworld;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A host that would be converted, did the world let us: what these tests start from, and what they ask of it. */
record OldHost(Host host) {

    static final String OLD_IDS = "109:114";
    static final String NEW_IDS = "64055:64055";

    /** Everything below libvirt's roots that has one of the old, or one of the new numbers. */
    private static final String FILES_WITH =
            "find /var/lib/libvirt /var/cache/libvirt /run/libvirt \\( -uid %s -o -gid %s \\) -print";

    private static final List<String> UNITS_UP =
            List.of("libvirtd.service", "libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket");

    static OldHost boot(Lab lab, String name) {
        OldHost old = new OldHost(lab.host(name).withIds(109, 114).boot());
        old.host.baseLabel(); // libvirt fills its cache
        return old;
    }

    /** Something is wrong with the host until this is closed. */
    record Trouble(Host host, String end) implements AutoCloseable {
        @Override
        public void close() {
            host.sh(end);
        }
    }

    Trouble with(String trouble, String end) {
        host.sh(trouble);
        return new Trouble(host, end);
    }

    /** A file of the host has another content for a while. */
    Trouble withFile(String path, String edit) {
        String copy = "/root/before-" + path.replace('/', '-');
        return with("cp -p " + path + " " + copy + "; " + edit, "cp -p " + copy + " " + path);
    }

    /** The account files are others for a while. */
    Trouble withAccounts(String edit) {
        return with(
                "mkdir -p /root/accounts; cp -p /etc/passwd /etc/group /etc/shadow /etc/gshadow /root/accounts; "
                        + edit,
                "cp -p /root/accounts/* /etc; rm -f /etc/*- ");
    }

    /** A program that runs in the place of another one, which lies in /usr; it may start that by its full name. */
    Trouble withProgram(String name, String script) {
        host.sh("""
                cat >/usr/local/sbin/%1$s <<'END'
                #!/bin/sh
                %2$s
                END
                chmod +x /usr/local/sbin/%1$s""".formatted(name, script));
        return new Trouble(host, "rm -f /usr/local/sbin/" + name + " /run/once");
    }

    Result agent(String... arguments) {
        return host.run(Stream.concat(Stream.of("libvirt-id-agent"), Stream.of(arguments))
                .toArray(String[]::new));
    }

    Result convertNow(String... options) {
        return agent(words("--convert-now", options));
    }

    /** The conversion ends with this code and says these words, and the host is as it was. */
    Result refuses(int exitCode, List<String> says, String... options) {
        String before = snapshot();
        Result result = convertNow(options);
        assertSays(exitCode, says, result);
        assertEquals(before, snapshot(), "the host has changed");
        return result;
    }

    /**
     * Without the copies that usermod and groupmod make of what they are about to write. With libvirtd awake, as it is
     * after our question, and its drivers up, which they are some time after it.
     */
    private String snapshot() {
        host.sh("virsh --quiet uri; until [ -e /run/libvirt/qemu/driver.pid ]; do sleep 0.05; done");
        return host.snapshot().replaceAll("(?m)^.* /etc/[a-z]+-\n", "");
    }

    static void assertSays(int exitCode, List<String> says, Result result) {
        String all = result.out() + result.err();
        assertEquals(exitCode, result.exitCode(), all);
        says.forEach(words -> assertTrue(all.contains(words), "it does not say '" + words + "':\n" + all));
    }

    static void assertSays(int exitCode, String says, Result result) {
        assertSays(exitCode, List.of(says), result);
    }

    void isConverted() {
        hasWholly(NEW_IDS, OLD_IDS);
    }

    void isAsBefore() {
        hasWholly(OLD_IDS, NEW_IDS);
    }

    /** Names, owners and libvirt agree on one pair of numbers, nothing has the other, and libvirt is up and free. */
    void hasWholly(String ids, String others) {
        String[] other = others.split(":");
        String[] own = ids.split(":");
        assertAll(
                () -> assertEquals(ids, host.ids()),
                () -> assertEquals("", host.sh(FILES_WITH.formatted(other[0], other[1]))),
                () -> assertEquals(own[0], host.sh("stat -c %u /var/lib/libvirt/qemu/save")),
                this::libvirtIsUp,
                () -> assertEquals("+" + ids.replace(":", ":+"), host.baseLabel()));
    }

    /** What was active is, and nothing holds it. */
    void libvirtIsUp() {
        host.sh("virsh --quiet uri");
        assertAll(
                () -> assertEquals(
                        "active\n".repeat(UNITS_UP.size()).strip(),
                        host.sh("systemctl is-active " + String.join(" ", UNITS_UP) + " || true")),
                () -> assertEquals(
                        "",
                        host.sh("find /run/systemd/system -name '*libvirt-id-agent*'; ls /run/libvirt-id-agent"
                                + " | grep converting || true")));
    }

    static String[] words(String first, String... others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(others));
        return all.toArray(String[]::new);
    }
}
