package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.LocalAccounts;
import io.idagent.platform.ProcessTable;
import io.idagent.platform.Uid;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who else is there on this host: under a number, and at a file. */
class StrangersTest {

    @TempDir
    Path directory;

    @Test
    void aNumberOfAnotherServiceGetsNoAccess() throws Exception {
        Files.writeString(directory.resolve("passwd"), """
                root:x:0:0:root:/root:/bin/sh
                messagebus:x:109:114::/nonexistent:/usr/sbin/nologin
                libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin
                """);
        Files.writeString(directory.resolve("group"), "root:x:0:\n");
        Strangers strangers = new Strangers(LocalAccounts.in(directory), Set.of("libvirt-qemu"));
        assertEquals(Optional.empty(), strangers.among(List.of(Uid.ROOT, new Uid(64055), new Uid(110))));
        String why = strangers.among(List.of(new Uid(64055), new Uid(109))).orElseThrow();
        assertTrue(why.contains("on this host 109 is messagebus"), why);
    }

    @Test
    void whoHasAFileOpenHereIsNamed() throws Exception {
        Path image = Files.writeString(directory.resolve("image"), "x").toRealPath();
        Holders holders = Holders.among(new ProcessTable());
        assertEquals(Optional.empty(), holders.of(image.toString()));
        try (InputStream open = Files.newInputStream(image)) {
            assertEquals('x', open.read());
            assertTrue(holders.of(image.toString())
                    .orElseThrow()
                    .contains("process " + ProcessHandle.current().pid()));
        }
    }
}
