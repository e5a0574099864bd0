package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.ownership.Root;
import io.idagent.ownership.TreeBase;
import io.idagent.platform.Domain;
import io.idagent.platform.DomainFile;
import io.idagent.platform.LibC;
import io.idagent.platform.LibvirtReport;
import io.idagent.platform.StoragePool;
import io.idagent.settings.Settings;
import io.idagent.settings.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where files of the account are looked for, and where others lie beside them. */
class FileScopesTest {

    private static FileScope scope(LibvirtReport report) throws Exception {
        Settings settings = SettingsReader.read(Path.of("/nonexistent"), false);
        try (TreeBase base = TreeBase.host(LibC.load())) {
            return FileScopes.of(
                            settings,
                            HostStory.oldHost().snapshot().accounts(),
                            FormerIds.NONE,
                            List.of(),
                            Optional.of(report),
                            base)
                    .orElseThrow();
        }
    }

    private static LibvirtReport pools(String... targets) {
        return new LibvirtReport(
                Optional.empty(),
                List.of(),
                List.of(targets).stream()
                        .map(target -> new StoragePool("p", "dir", Optional.of(target), true))
                        .toList());
    }

    private static LibvirtReport guest(List<DomainFile> files, List<String> directories) {
        return new LibvirtReport(
                Optional.empty(),
                List.of(new Domain("g", "u", false, Optional.empty(), files, directories, Optional.empty(), false)),
                List.of());
    }

    private static Optional<Root> rootAt(FileScope scope, String path) {
        return scope.roots().stream()
                .filter(root -> root.path().equals(Path.of(path)))
                .findFirst();
    }

    @Test
    void whatIsNotThereOrNotActiveIsNotSeenUnlessItNeedNotBeThere() throws Exception {
        FileScope scope = scope(new LibvirtReport(
                Optional.empty(),
                List.of(),
                List.of(new StoragePool("away", "netfs", Optional.of("/mnt/away"), false))));

        assertEquals(List.of("the storage pool away is not active"), scope.unseen());
        assertEquals(
                List.of(
                        Path.of("/var/lib/libvirt"),
                        Path.of("/var/cache/libvirt"),
                        Path.of("/var/log/libvirt"),
                        Path.of("/run/libvirt")),
                scope.mayBeAbsent());
    }

    @Test
    void ofAPoolThatLiesElsewhereOnlyTheEntriesAreLibvirts() throws Exception {
        FileScope scope = scope(pools("/data", "/home", "/var/lib/libvirt/images"));

        assertEquals(Optional.of(Root.adoptingEntries(Path.of("/data"))), rootAt(scope, "/data"));
        assertEquals(Optional.of(Root.reporting(Path.of("/home"))), rootAt(scope, "/home"));
        assertEquals(Optional.empty(), rootAt(scope, "/var/lib/libvirt/images"), "it is part of a root");
    }

    @Test
    void aDirectoryThatIsADiskIsNoTreeOfLibvirts() throws Exception {
        List<DomainFile> files = List.of(new DomainFile("/data/vvfat", DomainFile.Role.DISK, false, Optional.empty()));

        assertEquals(
                Optional.of(Root.adoptingEntries(Path.of("/data/vvfat"))),
                rootAt(scope(guest(files, List.of())), "/data/vvfat"));
    }

    @Test
    void numbersInADirectoryThatAGuestSeesAreTheGuests() throws Exception {
        FileScope scope = scope(guest(List.of(), List.of("/var/lib/libvirt/share", "/data/share", "/var", "relative")));

        assertEquals(
                List.of(
                        Path.of("/var/lib/libvirt/filesystems"),
                        Path.of("/var/lib/libvirt/share"),
                        Path.of("/data/share")),
                scope.exclusions(),
                "/var has roots below it");
    }
}
