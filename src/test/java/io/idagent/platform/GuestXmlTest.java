package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a guest's definition decides whether it can move. */
class GuestXmlTest {

    static GuestDescription guest(String inside) throws MalformedDocumentException {
        return GuestXml.parse(
                "<domain type='kvm'><name>vm1</name><uuid>u</uuid>" + inside + "</domain>",
                (pool, volume) -> Optional.empty());
    }

    @Test
    void whatItsNetworkCardsAreConnectedTo() throws MalformedDocumentException {
        GuestDescription guest = guest("<devices><interface type='network'><source network='default'/></interface>"
                + "<interface type='bridge'><source bridge='br0'/></interface>"
                + "<interface type='direct'><source dev='eth0' mode='bridge'/></interface>"
                + "<interface type='user'/></devices>");
        assertEquals(
                List.of(
                        new GuestDescription.Network(true, "default"),
                        new GuestDescription.Network(false, "br0"),
                        new GuestDescription.Network(false, "eth0")),
                guest.networks());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<nvram>/srv/nfs/vm1.fd</nvram>", "<nvram type='file'><source file='/srv/nfs/vm1.fd'/></nvram>"})
    void theVariablesOfTheFirmwareAreAFileToo(String nvram) throws MalformedDocumentException {
        assertEquals(
                Optional.of("/srv/nfs/vm1.fd"), guest("<os>" + nvram + "</os>").nvram());
    }

    @ParameterizedTest
    @CsvSource({
        "host-passthrough, none, true",
        "maximum, none, true",
        "host-model, partial, true",
        "custom, partial, true",
        "custom, none, false"
    })
    void aCpuThatIsTheHostsIsComparedAlthoughLibvirtWouldNot(String mode, String check, boolean compared)
            throws MalformedDocumentException {
        GuestDescription guest = guest("<cpu mode='" + mode + "' check='" + check + "'/>");
        assertEquals(compared, guest.cpu().orElseThrow().checked());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '#',
            value = {
                "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'/>, OpenStack",
                "<ovirt-vm:vm xmlns:ovirt-vm='http://ovirt.org/vm/1.0'/>, oVirt",
                "<app:note xmlns:app='urn:app'/>,"
            })
    void whoMadeAGuestIsToldByItsMetadata(String note, String manager) throws MalformedDocumentException {
        assertEquals(
                Optional.ofNullable(manager),
                guest("<metadata>" + note + "</metadata>").managedBy());
    }
}
