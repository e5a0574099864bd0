package io.idagent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.settings.ConfigurationException;
import io.idagent.settings.Settings;
import io.idagent.settings.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which directories {@code --root} refuses. */
class OfflineRootObjectionTest {

    @TempDir
    private Path directory;

    private Path root;

    @BeforeEach
    void anImage() throws IOException {
        root = Files.createDirectory(directory.resolve("image"));
        Files.createDirectory(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
    }

    @AfterEach
    void forgetSystemProperties() {
        System.getProperties().keySet().removeIf(key -> key.toString().startsWith("idagent."));
    }

    private Optional<String> objection(boolean asRoot) throws IOException, ConfigurationException {
        Settings settings = SettingsReader.read(directory.resolve("none"), false);
        return OfflineRoot.objection(root, settings, asRoot);
    }

    @Test
    void anImageIsTaken() throws Exception {
        assertEquals(Optional.empty(), objection(false));
    }

    /** Wherever the settings have it. */
    @Test
    void noPartOfWhatIsWrittenMayBeALink() throws Exception {
        System.setProperty("idagent.state-directory", "/srv/state");
        System.setProperty("idagent.run-directory", "/srv/run");
        Path outside = Files.createDirectory(directory.resolve("outside"));
        for (String part : new String[] {"srv", "srv/state", "srv/state/conversions", "srv/run", "srv/run/lock"}) {
            Path link = root.resolve(part);
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, outside);
            assertTrue(objection(false).orElse("none").contains(link + " is a symbolic link"), part);
            Files.delete(link);
        }
        assertEquals(Optional.empty(), objection(false));
    }

    /** usermod takes no new file for a backup: it writes into whatever has that name. */
    @Test
    void aFileWithAnotherNameElsewhereIsRefused() throws Exception {
        Path outside = Files.writeString(directory.resolve("outside"), "x");
        for (String name : new String[] {"etc/passwd-", "etc/shadow", "etc/libvirt-id-agent/paused"}) {
            Path link = root.resolve(name);
            Files.createDirectories(link.getParent());
            Files.createLink(link, outside);
            assertTrue(objection(false).orElse("none").startsWith(link + " has another name somewhere"), name);
            Files.delete(link);
        }
        assertEquals(Optional.empty(), objection(false));
    }

    /** shadow's tools make a file with their pid for a name, link it to the name of the lock, and take the first one away. */
    @Test
    void aLockThatAKilledToolHasLeftIsNoReasonToRefuse() throws Exception {
        Path own = Files.writeString(root.resolve("etc/shadow.4711"), "4711");
        Path lock = Files.createLink(root.resolve("etc/shadow.lock"), own);
        assertEquals(Optional.empty(), objection(false));

        Path outside = Files.createLink(directory.resolve("outside"), own);
        assertTrue(objection(false).isPresent(), "it has a third name");
        Files.delete(own);
        assertTrue(objection(false).orElse("none").startsWith(lock + " has another name somewhere"));
        Files.delete(outside);
        Files.createLink(root.resolve("etc/passwd-"), lock);
        assertTrue(objection(false).isPresent(), "a backup is no lock");
    }

    /** Whoever opened one would wait for ever. */
    @Test
    void aPipeInThePlaceOfAFileIsRefused() throws Exception {
        for (String name : new String[] {"etc/group", "etc/.pwd.lock", "run/libvirt-id-agent/lock"}) {
            Path pipe = root.resolve(name);
            Files.createDirectories(pipe.getParent());
            assertEquals(
                    0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
            assertTrue(objection(false).orElse("none").startsWith(pipe + " is a device, a pipe"), name);
            Files.delete(pipe);
        }
        assertEquals(Optional.empty(), objection(false));
    }

    /** Between our look and usermod its owner could put a link to this host's /etc there. */
    @Test
    @Tag("root")
    void whatSomebodyElseOwnsIsNoPlaceForRoot() throws Exception {
        assertEquals(Optional.empty(), objection(true));
        Files.createDirectories(root.resolve("var/lib"));
        for (String part : new String[] {"..", ".", "etc", "var", "var/lib"}) {
            Path theirs = root.resolve(part).normalize();
            Files.setAttribute(theirs, "unix:uid", 12345);
            assertTrue(objection(true).orElse("none").startsWith(theirs + " belongs to uid 12345"), part);
            Files.setAttribute(theirs, "unix:uid", 0);
        }
        Files.setAttribute(Files.createDirectories(root.resolve("var/lib/libvirt")), "unix:uid", 12345);
        assertEquals(Optional.empty(), objection(true), "what it holds is whoever's it is");
    }
}
