package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QemuConfTest {

    private static QemuConf parse(String text) {
        return QemuConf.parse(text, QemuConf.DEBIAN_DEFAULTS);
    }

    @Test
    void whatIsCommentedOutIsTheDefault() {
        assertEquals(
                new QemuConf("libvirt-qemu", "libvirt-qemu", true),
                parse("#user = \"root\"\n#       user = \"+0\"\n#group = \"root\"\n#dynamic_ownership = 0\n"));
    }

    /** As Ubuntu ships the file: its qemu runs in the group kvm. */
    @Test
    void theCommentOfASettingTellsWhatLibvirtWasBuiltWith() {
        String shipped = "#user = \"libvirt-qemu\"\n\n# The group.\n#group = \"kvm\"\n#       group = \"tape\"\n";

        assertEquals(new QemuConf("libvirt-qemu", "kvm", true), parse(shipped));
        assertEquals("other", parse("group = \"other\"\n" + shipped).group());
        assertEquals(
                "libvirt-qemu", parse(shipped + "group = \"libvirt-qemu\"\n").group());
    }

    @Test
    void quotesSpacesAndCommentsAreUnderstood() {
        assertEquals(
                new QemuConf("+109", "kvm", false),
                parse("  user=\"+109\"   # the old one\n\tgroup = 'kvm'\ndynamic_ownership=0\nusername = 3\n"
                        + "cgroup_device_acl = [\n  \"/dev/null\",\n]\n"));
    }

    @Test
    void theLastOfTwoSettingsCounts() {
        assertEquals("b", parse("user = \"a\"\nuser = \"b\"\n").user());
    }

    @Test
    void aNumberIsToldFromAName() {
        assertTrue(QemuConf.namesNumber("+109"));
        assertTrue(QemuConf.namesNumber("109"));
        assertFalse(QemuConf.namesNumber("libvirt-qemu"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "user = 109",
                "user = \"a",
                "group =",
                "dynamic_ownership = \"1\"",
                "dynamic_ownership = no",
                "user"
            })
    void aSettingThatLibvirtWouldNotTakeIsRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> parse(line));
    }

    @Test
    void aMissingFileMeansDefaultsAndAnUnreadableOneIsAnError(@TempDir Path directory) throws IOException {
        assertEquals(QemuConf.DEBIAN_DEFAULTS, QemuConf.read(directory.resolve("none")));
        IOException error = assertThrows(IOException.class, () -> QemuConf.read(directory));
        assertTrue(error.getMessage() != null);
        Path bad = Files.writeString(directory.resolve("qemu.conf"), "user = \n");
        assertTrue(assertThrows(IOException.class, () -> QemuConf.read(bad))
                .getMessage()
                .contains(bad.toString()));
    }
}
