package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountTableTest {

    private static final String TABLE = """
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
            36 27 0:45 / /var/lib/libvirt/images rw,nosuid shared:7 master:3 - nfs4 nas:/vm rw,vers=4.2
            37 27 8:1 /sub /mnt/with\\040space\\134and\\011tab ro,relatime - xfs /dev/sda1 rw
            38 27 8:2 / /mnt rw - ext4 /dev/sdb ro
            39 27 0:50 / /mnt rw - tmpfs  rw
            40 27 8:1 / /srv rw - xfs /dev/sda1 rw
            """;

    private final MountTable table = parse(TABLE);

    @Test
    void everyFieldIsRead() {
        Mount mount = table.withId(36).orElseThrow();
        assertEquals(
                new Mount(
                        36,
                        27,
                        "0:45",
                        "/",
                        RawPath.of(Path.of("/var/lib/libvirt/images")),
                        "nfs4",
                        "nas:/vm",
                        "rw,vers=4.2",
                        false),
                mount);
        assertEquals(FileSystemKind.SHARED, mount.kind());
    }

    @Test
    void aMountHasTheAutomountsOnItsDirectoriesAndOnThoseOfMountsBelow() {
        MountTable automounts = parse("""
                27 1 254:0 / / rw - ext4 /dev/vda rw
                38 27 8:2 / /mnt rw - ext4 /dev/sdb rw
                41 38 0:51 / /mnt/auto rw - autofs systemd-1 rw,direct
                42 27 8:3 / /srv rw - ext4 /dev/sdc rw
                """);
        assertTrue(automounts.hasAutomountsIn(automounts.withId(27).orElseThrow()));
        assertTrue(automounts.hasAutomountsIn(automounts.withId(38).orElseThrow()));
        assertFalse(automounts.hasAutomountsIn(automounts.withId(42).orElseThrow()));
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, rw, true",
        "nfs4, 'rw,vers=4.2', true",
        "vfat, 'rw,uid=0', false",
        "cifs, 'rw,nounix', false",
        "cifs, 'rw,unix', true",
        "smb3, 'rw,posix', true",
        "cifs, 'rw,unix,forceuid', false",
        "fuse.glusterfs, rw, true",
        "fuse.sshfs, rw, false",
        "fuse, rw, false",
        "fuseblk, rw, false",
    })
    void whetherAFileSystemKeepsOwnersIsToldByItsTypeAndOptions(String type, String options, boolean keeps) {
        Mount mount = parse("30 27 0:60 / /m rw - " + type + " source " + options + "\n")
                .mounts()
                .get(0);
        assertEquals(keeps, mount.keepsOwners());
    }

    @Test
    void octalEscapesAreBytesOfTheName() {
        RawPath point = table.withId(37).orElseThrow().point();
        assertArrayEquals("/mnt/with space\\and\ttab".getBytes(StandardCharsets.UTF_8), point.bytes());
    }

    @Test
    void aMountPointThatIsNoUtf8KeepsItsBytes() {
        byte[] line = "50 27 0:60 / /m\u00ff rw - tmpfs tmpfs rw\n".getBytes(StandardCharsets.ISO_8859_1);
        RawPath point = MountTable.parse(line).mounts().get(0).point();
        assertArrayEquals(new byte[] {'/', 'm', (byte) 0xff}, point.bytes());
        assertEquals("/m\\xff", point.toString());
    }

    @Test
    void readOnlyIsTheMountOrTheWholeFileSystem() {
        assertTrue(table.withId(37).orElseThrow().readOnly());
        assertTrue(table.withId(38).orElseThrow().readOnly());
        assertFalse(table.withId(27).orElseThrow().readOnly());
    }

    @Test
    void anEmptySourceIsAField() {
        Mount mount = table.withId(39).orElseThrow();
        assertEquals("tmpfs", mount.type());
        assertEquals("", mount.source());
    }

    @Test
    void aPathLiesInTheDeepestMountAboveItByNamesNotByLetters() {
        assertEquals(36, holding("/var/lib/libvirt/images/vm1.qcow2"));
        assertEquals(36, holding("/var/lib/libvirt/images"));
        assertEquals(27, holding("/var/lib/libvirt/images2/vm1.qcow2"));
        assertEquals(27, holding("/"));
    }

    @Test
    void ofTwoMountsAtOnePlaceTheLaterIsSeen() {
        assertEquals(39, holding("/mnt/x"));
    }

    @Test
    void aBindMountShowsTheSameFileSystemTwice() {
        assertTrue(table.isSeenTwice(table.withId(40).orElseThrow()));
        assertFalse(table.isSeenTwice(table.withId(27).orElseThrow()));
    }

    @Test
    void whatIsNoLineOfMountinfoIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> parse("27 1 254:0 / / rw,relatime ext4 /dev/vda rw"));
        assertThrows(IllegalArgumentException.class, () -> parse("27 1 254:0 / - ext4 /dev/vda rw"));
        assertThrows(IllegalArgumentException.class, () -> parse("x 1 254:0 / / rw - ext4 /dev/vda rw"));
    }

    @Test
    void theTableOfThisProcessHasTheRoot() throws Exception {
        assertTrue(MountTable.ofThisProcess().holding(RawPath.ROOT).isPresent());
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, LOCAL", "xfs, LOCAL", "btrfs, LOCAL", "zfs, LOCAL", "tmpfs, LOCAL", "hugetlbfs, LOCAL",
        "overlay, LOCAL", "nfs, SHARED", "nfs4, SHARED", "ceph, SHARED", "fuse.glusterfs, SHARED", "gfs2, SHARED",
        "ocfs2, SHARED", "afs, SHARED", "smb3, SHARED", "cifs, SHARED", "gpfs, SHARED", "fuse.quobyte, SHARED",
        "acfs, SHARED", "beegfs, SHARED", "proc, PSEUDO", "sysfs, PSEUDO", "cgroup2, PSEUDO", "devpts, PSEUDO",
        "autofs, PSEUDO", "fuse.something, UNKNOWN", "newfs, UNKNOWN"
    })
    void theTypeTellsTheKind(String type, FileSystemKind kind) {
        assertEquals(kind, FileSystemKind.ofType(type));
    }

    private long holding(String path) {
        return table.holding(RawPath.of(Path.of(path))).orElseThrow().id();
    }

    private static MountTable parse(String text) {
        return MountTable.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
