package io.idagent.ownership;

import static io.idagent.ownership.ScanFixture.root;
import static io.idagent.ownership.TestDisks.sh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Scan and change on file systems other than ext4, each a real one. */
@Tag("root")
class OtherFileSystemsTest {

    private static final String FILES = """
            mkdir -p d/e; echo content > d/f; touch d/acl d/record "d/$(printf 'a\\377b')"; setfacl -m u:109:rw,g:114:r d/acl
            setfattr -n trusted.libvirt.security.dac -v +109:+114 d/record; chown 109:114 d/f d/e d/a*b
            touch -a -d '2001-01-01 00:00:01.123456789Z' d/f; touch -m -d '2002-02-02 02:02:02.987654321Z' d/f
            """;

    @RegisterExtension
    final TestDisks disks = new TestDisks();

    @TempDir
    Path base;

    private ScanFixture fixture;

    @Test
    void xfs() throws Exception {
        scansAndChanges(disks.xfs(base.resolve("r")));
    }

    @Test
    void tmpfs() throws Exception {
        scansAndChanges(disks.tmpfs(base.resolve("r")));
    }

    @Test
    void theFilesThatShowThroughAnOverlay() throws Exception {
        Path disk = disks.ext4(base.resolve("disk"));
        Path lower = Files.createDirectories(disk.resolve("lower"));
        sh(lower, FILES);
        Files.createDirectories(base.resolve("r"));
        Path merged = disks.overlay(lower, disk.resolve("merged"));
        disks.bind(merged, base.resolve("r"));
        changes(base.resolve("r"));
        assertEquals("109:114", sh(lower, "stat -c %u:%g d/f"), "the layer below stays");
    }

    @Test
    void aReadOnlyMountBelowARootIsAReasonAndTheRestGoesOn() throws Exception {
        Path tree = disks.tmpfs(base.resolve("r"));
        sh(tree, "mkdir inner; touch f; chown 109 f");
        Path inner = disks.tmpfs(tree.resolve("inner"));
        sh(inner, "touch f; chown 109 f; mount -o remount,ro .");
        fixture = new ScanFixture(base);
        fixture.scan(root("/r"));
        Hit readOnly = fixture.hitsByPath().get("/r/inner/f");
        ChangeOutcome.Failed failed = assertInstanceOf(ChangeOutcome.Failed.class, fixture.change(readOnly));
        assertEquals("EROFS", failed.errno());
        assertEquals(
                new ChangeOutcome.Changed(List.of(), List.of()),
                fixture.change(fixture.hitsByPath().get("/r/f")));
    }

    private void scansAndChanges(Path disk) throws Exception {
        sh(disk, FILES);
        changes(disk);
    }

    private void changes(Path disk) throws Exception {
        fixture = new ScanFixture(base);
        String times = sh(disk, "stat -c '%x %y %a' d/f");
        fixture.scan(root("/r"));
        assertEquals(
                Set.of("/r/d/a\\xffb", "/r/d/acl", "/r/d/e", "/r/d/f", "/r/d/record"),
                fixture.hitsByPath().keySet());
        for (Hit hit : List.copyOf(fixture.hits)) {
            assertEquals(new ChangeOutcome.Changed(List.of(), List.of()), fixture.change(hit));
        }
        ScanResult after = fixture.scan(root("/r"));
        assertEquals(0, after.toChange());
        assertTrue(after.isComplete());
        assertEquals("64055:64055", sh(disk, "stat -c %u:%g d/f"));
        assertEquals(times, sh(disk, "stat -c '%x %y %a' d/f"));
        assertTrue(sh(disk, "getfacl -n d/acl").contains("user:64055:rw-"));
    }
}
