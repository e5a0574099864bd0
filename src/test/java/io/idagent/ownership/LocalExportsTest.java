package io.idagent.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.RawPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines are as exportfs of nfs-utils 2.6 wrote them. */
class LocalExportsTest {

    @TempDir
    Path directory;

    private LocalExports table(String... lines) throws Exception {
        return LocalExports.in(Files.write(directory.resolve("etab"), List.of(lines)));
    }

    private static boolean contain(LocalExports exports, String path) {
        return exports.contain(RawPath.of(Path.of(path)));
    }

    @Test
    void aFileBelowAnExportedDirectoryIsOthersToo() throws Exception {
        LocalExports exports = table("/srv/images\t10.0.0.0/24(rw,sync,wdelay,hide,nocrossmnt,secure,no_root_squash)");

        assertTrue(contain(exports, "/srv/images/a/b.qcow2"));
        assertTrue(contain(exports, "/srv/images"));
        assertFalse(contain(exports, "/srv/images2/b.qcow2"));
        assertFalse(contain(exports, "/srv"));
    }

    @Test
    void spacesInNamesAreOctal() throws Exception {
        assertTrue(contain(table("/srv/my\\040images\t*(rw)"), "/srv/my images/x"));
    }

    @Test
    void theRootDirectoryMayBeExported() throws Exception {
        assertTrue(contain(table("/\t*(ro)"), "/var/lib/libvirt/images/x"));
    }

    @Test
    void aHostWithoutAServerExportsNothing() {
        assertEquals(List.of(), LocalExports.in(directory.resolve("none")).paths());
    }
}
