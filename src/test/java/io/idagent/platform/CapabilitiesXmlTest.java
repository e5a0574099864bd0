package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilitiesXmlTest {

    private static String dac(String labels) {
        return "<capabilities><host><secmodel><model>dac</model>" + labels + "</secmodel></host></capabilities>";
    }

    @Test
    void theBaseLabelIsReadFromARealDocument() throws Exception {
        assertEquals(
                Optional.of(new Owner(new Uid(64055), new Gid(64055))),
                CapabilitiesXml.baseLabel(Samples.read("capabilities.xml")));
    }

    @Test
    void labelsOfOtherModelsAreNoOwners() throws MalformedDocumentException {
        assertEquals(
                Optional.empty(),
                CapabilitiesXml.baseLabel("<capabilities><host><secmodel><model>selinux</model>"
                        + "<baselabel type='kvm'>system_u:x</baselabel></secmodel></host></capabilities>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<baselabel/>",
                "<baselabel>109</baselabel>",
                "<baselabel>libvirt-qemu:kvm</baselabel>",
                "<baselabel>+4294967295:+1</baselabel>",
                "<baselabel>+109:+114</baselabel><baselabel>+109:+115</baselabel>"
            })
    void aLabelThatIsNoOneOwnerIsRefused(String labels) {
        assertThrows(MalformedDocumentException.class, () -> CapabilitiesXml.baseLabel(dac(labels)));
    }
}
