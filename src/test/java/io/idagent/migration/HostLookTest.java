package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.CommandException;
import io.idagent.platform.CommandResult;
import io.idagent.platform.Commands;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked by a shell, how, and what the answer means. */
class HostLookTest {

    @Test
    void theAnswerOfAHost() {
        HostLook look = new HostLookAnswer("""
                        passwd\tlibvirt-qemu:x:64055:105:Libvirt Qemu,,,:/var/lib/libvirt:/usr/sbin/nologin
                        group\tlibvirt-qemu:x:64055:libvirt-qemu
                        name\th1
                        resolves\t192.0.2.1      STREAM h1
                        resolves\t192.0.2.1      DGRAM
                        memory\tMemAvailable:     16384 kB
                        interface\tbr0
                        manager\tpacemakerd
                        peer\t192.0.2.2      STREAM h2
                        net\t        |-- 192.0.2.1
                        net\t           /32 host LOCAL
                        net\t        |-- 192.0.2.255
                        net\t           /32 link BROADCAST
                        net\t00000000000000000000000000000001 01 80 10 80       lo
                        etc\t/etc/libvirt
                        mount\t22 1 8:1 / / rw - ext4 /dev/sda1 rw
                        mount\t50 22 0:45 / /srv/nfs rw - nfs4 server:/export rw
                        qemu.conf\tuser = "+109" # the old one
                        libvirtd.conf\tauth_tcp = "none"
                        file\t1\t17 1024\t109\t114\t600\tregular file
                        real\t1\t/srv/nfs/a.qcow2
                        none\t2\tstat: cannot statx '/srv/nfs/b.qcow2': No such file or directory
                        closed\t1\t/srv/nfs/
                        tried
                        """, List.of("/images/a.qcow2", "/srv/nfs/b.qcow2")).look();
        assertEquals(Set.of("192.0.2.1", "0000:0000:0000:0000:0000:0000:0000:0001"), look.addresses());
        assertEquals(List.of("192.0.2.1"), look.resolvesTo());
        assertEquals(List.of("192.0.2.2"), look.peerAt());
        assertEquals(OptionalLong.of(16 << 20), look.memoryAvailable());
        assertEquals(Set.of("br0"), look.interfaces());
        assertEquals("pacemakerd", look.clusterManager().orElseThrow());
        assertEquals("+109", look.setting("qemu.conf user").orElseThrow());
        assertEquals("none", look.setting("libvirtd.conf auth_tcp").orElseThrow());
        assertFalse(look.sharesEtcLibvirt());
        FileLook a = look.file("/images/a.qcow2").orElseThrow();
        assertEquals("nfs4", a.fileSystem(), "of the file, not of the link to it");
        assertEquals(0600, a.entry().orElseThrow().mode());
        assertEquals("/srv/nfs/", a.closedDirectory().orElseThrow());
        FileLook b = look.file("/srv/nfs/b.qcow2").orElseThrow();
        assertFalse(b.isThere());
        assertEquals("No such file or directory", b.whyNot());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "it's", "$(touch /tmp/x)", "`id`", "a b", "'; id; '", "-n", "\\", "ä", "*"})
    void aShellOnTheOtherSideTakesEachWordAsItIs(String word) throws CommandException {
        CommandResult result = new Commands()
                .run(List.of("sh", "-c", "printf '<%s>' " + SideShell.quoted(word)), Duration.ofSeconds(10));
        assertEquals("<" + word + ">", result.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qemu+ssh://h2/system | -- h2",
                "qemu+ssh://root@h2:2222/system?keyfile=/root/k&no_tty=1 | -p 2222 -i /root/k -l root -- h2",
                "qemu+ssh://[fe80::1]/system | -- fe80::1"
            })
    void theOtherSideIsAskedAsLibvirtWould(String uri, String end) {
        String words = String.join(" ", SideShell.ssh(URI.create(uri)).orElseThrow());
        assertEquals("ssh -T -o BatchMode=yes -o ConnectTimeout=10 " + end, words);
    }

    @Test
    void withoutSshFilesAreNotSeen() {
        assertTrue(SideShell.ssh(URI.create("qemu+tls://h2/system")).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"514649fb00000003, qcow2", "4b444d56, vmdk", "eb63900000000000, raw", "'', raw", "4c554b53babe0001, raw"
    })
    void aFormatIsTakenFromTheBeginning(String beginning, String format) {
        assertEquals(format, ImageReader.format(beginning));
    }

    /** The account may put files anywhere it can write, and may meddle with what runs as the account. */
    @Test
    @Tag("root")
    void neitherANameNorTheAccountForgesALineOfRoots(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("a\npasswd\tmallory"));
        Path link = Files.createSymbolicLink(directory.resolve("image"), file);
        Path meddled = Files.writeString(
                Files.createDirectory(directory.resolve("bin")).resolve("setpriv"),
                "#!/bin/sh\nprintf 'may\\t1\\trw\\npasswd\\tmallory\\nclosed\\t2\\t/x\\ntried\\n'\n");
        Files.setPosixFilePermissions(meddled, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder look = new ProcessBuilder(
                "sh", "-c", HostLookScript.TEXT, "look", "root:root", "root", "12345", "12345", "", link.toString());
        look.environment().put("PATH", meddled.getParent() + ":" + System.getenv("PATH"));

        List<String> lines = look.start().inputReader().lines().toList();

        assertEquals(
                List.of("passwd\troot:x:0:0"),
                lines.stream()
                        .filter(line -> line.startsWith("passwd"))
                        .map(line -> line.substring(0, Math.min(line.length(), 17)))
                        .toList());
        assertEquals(List.of("may\t1\trw", "closed\t2\t/x", "tried"), lines.subList(lines.size() - 3, lines.size()));
    }
}
