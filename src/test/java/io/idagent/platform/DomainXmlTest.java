package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.DomainFile.Role;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The samples were written by libvirt 9.0. */
class DomainXmlTest {

    private static final DomainXml.Volumes NO_VOLUMES = (pool, volume) -> Optional.empty();

    private static DomainXml parse(String xml) throws MalformedDocumentException {
        return DomainXml.parse(xml, NO_VOLUMES);
    }

    private static DomainXml devices(String xml) throws MalformedDocumentException {
        return parse("<domain><name>n</name><uuid>u</uuid><devices>" + xml + "</devices></domain>");
    }

    @Test
    void aRunningDomainNamesItsDiskAndTheFilesBehindIt() throws Exception {
        DomainXml domain = parse(Samples.read("domain-running.xml"));
        assertEquals("a", domain.name());
        assertEquals("5ce56e4e-c154-4559-bd9c-9c3d0d4f3e32", domain.uuid());
        assertEquals(
                List.of(
                        new DomainFile("/srv/pool/a.qcow2", Role.DISK, false, Optional.empty()),
                        new DomainFile("/srv/pool/base.qcow2", Role.BACKING_FILE, true, Optional.empty())),
                domain.files());
        assertFalse(domain.label().orElseThrow().isStatic());
    }

    @Test
    void directoriesThatTheGuestSeesAreNamed() throws Exception {
        assertEquals(
                List.of("/srv/share"),
                devices(
                                "<filesystem type='mount'><source dir='/srv/share'/><target dir='tag'/></filesystem>"
                                        + "<filesystem type='ram'><source usage='1' units='MiB'/><target dir='r'/></filesystem>")
                        .directories());
    }

    @Test
    void labelsOfTheDomainAndOfADiskAreRead() throws Exception {
        DomainXml domain = DomainXml.parse(
                Samples.read("domain-static-label.xml"), (pool, volume) -> Optional.of("/" + pool + "/" + volume));
        DacLabel label = domain.label().orElseThrow();
        assertTrue(label.isStatic());
        assertTrue(label.relabel());
        assertEquals(Optional.of(new Uid(109)), label.uid());
        assertEquals(Optional.of(new Gid(114)), label.gid());
        assertEquals("/p/b.qcow2", domain.files().get(0).path());
        assertFalse(domain.files().get(0).label().orElseThrow().relabel());
    }

    @Test
    void aStaticLabelRelabelsOnlyIfItSaysSo() throws MalformedDocumentException {
        String open = "<domain><name>n</name><uuid>u</uuid><seclabel model='dac' type='";
        assertFalse(parse(open + "static'><label>a:b</label></seclabel></domain>")
                .label()
                .orElseThrow()
                .relabel());
        assertFalse(parse(open + "none'/></domain>").label().orElseThrow().relabel());
        assertTrue(parse(open + "dynamic'/></domain>").label().orElseThrow().relabel());
        assertEquals(
                Optional.empty(),
                parse(open + "static'><label>a:b</label></seclabel></domain>")
                        .label()
                        .orElseThrow()
                        .uid());
    }

    @Test
    void labelsOfOtherModelsMeanNothing() throws MalformedDocumentException {
        assertEquals(
                Optional.empty(),
                parse(
                                "<domain><name>n</name><uuid>u</uuid><seclabel model='apparmor' type='static' relabel='no'/></domain>")
                        .label());
    }

    @Test
    void everyKindOfDiskWithAPathIsFound() throws MalformedDocumentException {
        DomainXml domain = devices("<disk type='block' device='disk'><source dev='/dev/vg/a'/></disk>"
                + "<disk type='file' device='cdrom'><source file='/b.iso'/><readonly/></disk>"
                + "<disk type='file' device='cdrom'><target dev='hda'/></disk>"
                + "<disk type='network'><source protocol='rbd' name='pool/image'/></disk>"
                + "<disk type='file'><source file='/c'/><mirror type='file'><source file='/c.new'/></mirror></disk>"
                + "<disk type='volume'><source pool='down' volume='x'/></disk>");
        assertEquals(
                List.of("/dev/vg/a", "/b.iso", "/c", "/c.new"),
                domain.files().stream().map(DomainFile::path).toList());
        assertEquals(
                List.of(false, true, false, false),
                domain.files().stream().map(DomainFile::readOnly).toList());
    }

    @Test
    void bothWritingsOfNvramAreUnderstoodAndFirmwareIsNot() throws MalformedDocumentException {
        String open = "<domain><name>n</name><uuid>u</uuid><os><loader type='pflash'>/usr/share/OVMF.fd</loader>";
        String close = "</os></domain>";
        List<DomainFile> nvram = List.of(new DomainFile("/v.fd", Role.NVRAM, false, Optional.empty()));
        assertEquals(
                nvram,
                parse(open + "<nvram template='/t'>/v.fd</nvram>" + close).files());
        assertEquals(
                nvram,
                parse(open + "<nvram type='file'><source file='/v.fd'/></nvram>" + close)
                        .files());
        assertEquals(List.of(), parse(open + "<nvram/>" + close).files());
    }

    @Test
    void whatStandsInMetadataMeansNothing() throws MalformedDocumentException {
        assertEquals(
                List.of(),
                parse("<domain><metadata><devices><disk><source file='/x'/></disk></devices></metadata>"
                                + "<name>n</name><uuid>u</uuid></domain>")
                        .files());
    }

    @Test
    void nonsenseIsRefusedWithASentence() {
        for (String nonsense :
                List.of("", "x", "<domain>", "<pool/>", "<domain/>", "<domain><name>n</name></domain>")) {
            MalformedDocumentException error =
                    assertThrows(MalformedDocumentException.class, () -> parse(nonsense), nonsense);
            assertTrue(error.getMessage().startsWith("libvirt's description of a domain"), error.getMessage());
        }
    }

    @Test
    void nothingOutsideTheDocumentIsRead() {
        String xml = "<!DOCTYPE domain [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>"
                + "<domain><name>&f;</name><uuid>u</uuid></domain>";
        MalformedDocumentException error = assertThrows(MalformedDocumentException.class, () -> parse(xml));
        assertTrue(error.getMessage().contains("DOCTYPE"), error.getMessage());
    }
}
