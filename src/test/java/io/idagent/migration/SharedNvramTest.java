package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.platform.MountTable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which firmware variables both sides have in common. */
class SharedNvramTest {

    private static final MountTable MOUNTS = MountTable.parse("""
            22 1 8:1 / / rw - ext4 /dev/sda1 rw
            50 22 0:45 / /srv/nfs rw - nfs4 server:/export rw
            51 22 8:2 / /images rw - ext4 /dev/sdb1 rw
            """.getBytes(StandardCharsets.UTF_8));

    private final MigrationStory story = new MigrationStory();

    private Optional<String> shared(String nvram) {
        story.nvram = Optional.of(nvram);
        return Sharing.sharedNvram(story.guests().get(0), MOUNTS);
    }

    @Test
    void thoseOnASharedFileSystemOrBesideADisk() {
        assertEquals(Optional.empty(), shared("/var/lib/libvirt/qemu/nvram/vm1.fd"), "each host has its own");
        assertEquals(Optional.of("/srv/nfs/vm1.fd"), shared("/srv/nfs/vm1.fd"));
        assertEquals(Optional.of("/images/vm1.fd"), shared("/images/vm1.fd"), "the disk moves with --unsafe");
    }
}
