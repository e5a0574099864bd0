package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import io.idagent.platform.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every finding, on real libvirt: two hosts as they should be, on which there is nothing to object; then one fault after the
 * other is made, all at once for the sake of time, and each is found where it is and nowhere else.
 */
@NeedsLab
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CheckMigrationLabTest {

    private static final String IMAGES = "/var/lib/libvirt/images/";
    private static final String TO_H2 = "qemu+ssh://h2/system";

    private Host h1;
    private Host h2;
    private Result well;
    private JsonNode faults;

    @BeforeAll
    void boot(Lab lab) throws IOException {
        h1 = lab.host("h1").withImagesLikeNfs().boot();
        h2 = lab.host("h2").withImagesLikeNfs().boot();
        wellGuest();
        well = check("--to", TO_H2);
        FaultyGuests.define(h1, h2);
        breakHosts();
        faults = Json.mapper()
                .readTree(check("--to", TO_H2, "-Didagent.former-uids=109", "-Didagent.former-gids=114")
                        .out());
    }

    /** What looks like a fault and is none: a chain with formats, an empty drive, a console on all addresses. */
    private void wellGuest() {
        h1.sh("""
                as() { setpriv --reuid=libvirt-qemu --regid=libvirt-qemu --clear-groups "$@"; }
                cd IMAGES
                as qemu-img create -q -f qcow2 base.qcow2 1M
                as qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 well.qcow2
                as qemu-img create -q -f raw plain.raw 1M
                virsh --quiet define /dev/stdin <<END
                <domain type='qemu'><name>well</name><memory unit='MiB'>64</memory>
                  <os><type arch='x86_64' machine='pc'>hvm</type></os>
                  <cpu mode='custom' match='exact' check='partial'><model>qemu64</model></cpu>
                  <devices>
                    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                      <source file='IMAGESwell.qcow2'/><target dev='vda' bus='virtio'/></disk>
                    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='writeback'/>
                      <source file='IMAGESplain.raw'/><target dev='vdb' bus='virtio'/></disk>
                    <disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>
                    <controller type='usb' model='none'/>
                    <graphics type='vnc' listen='0.0.0.0'/>
                  </devices></domain>
                END
                """.replace("IMAGES", IMAGES));
        h1.run("virsh", "start", "well").mustSucceed();
    }

    private void breakHosts() {
        h1.sh("""
                echo 'auth_tcp = "none"' >>/etc/libvirt/libvirtd.conf
                echo 'allow_disk_format_probing = 1' >>/etc/libvirt/qemu.conf
                cp -r /etc/libvirt IMAGESetc
                mount --bind IMAGESetc /etc/libvirt
                """.replace("IMAGES", IMAGES));
        h2.sh("""
                echo 'user = "+64055"' >>/etc/libvirt/qemu.conf
                sed -i 's/^10.64.55.2 h2$/127.0.1.1 h2/' /etc/hosts
                """);
    }

    private Result check(String... arguments) {
        List<String> words = new ArrayList<>(List.of("check-migration", "--output", "json"));
        words.addAll(List.of(arguments));
        return h1.agent(words.toArray(String[]::new));
    }

    @Test
    @Order(1)
    void whereAllIsWellThereIsNothingToObject() throws IOException {
        assertEquals("[]", Json.mapper().readTree(well.out()).path("findings").toString(), well.out() + well.err());
        assertEquals(0, well.exitCode());
    }

    @ParameterizedTest(name = "{0} of {1}")
    @Order(2)
    @CsvSource(
            delimiter = '|',
            value = {
                "FORMAT_MISMATCH        | no-format     | <driver name='qemu' type='qcow2'/>",
                "BACKING_FORMAT_MISSING | no-backing    | qemu-img rebase -u -F qcow2 -b /var/lib/libvirt/images/base.qcow2",
                "IMAGE_UNREACHABLE      | only-here     | mount the storage there in the same place",
                "IMAGE_UNREACHABLE      | gone          | virsh edit gone",
                "NOT_SHARED             | local         | virsh migrate --live --copy-storage-all local",
                "SNAPSHOTS_LOST         | local         | qemu-img snapshot -d inside /srv/local.qcow2",
                "DIRECTORY_CLOSED       | closed        | chmod o+x /var/lib/libvirt/images/closed/",
                "IMAGE_WORLD_WRITABLE   | everybody     | chmod o-rw /var/lib/libvirt/images/everybody.qcow2",
                "CACHE_MODE             | unsafe        | cache='none'",
                "GRAPHICS_ADDRESS       | console       | virsh edit console",
                "HOST_DEVICE            | device        | virsh detach-device device",
                "CPU_LACKING            | cpu           | virsh hypervisor-cpu-baseline",
                "SNAPSHOTS_KEPT         | snapshot      | virsh snapshot-delete snapshot NAME --metadata",
                "NAME_TAKEN             | taken         | virsh domrename taken",
                "LABEL_NAMES_FORMER_ID  | label         | virsh edit label",
                "NOT_SEEN               | torn          | run this again",
                "POOL_NAMES_FORMER_ID   |               | virsh pool-edit old",
                "ETC_LIBVIRT_SHARED     |               | give each host its own /etc/libvirt",
                "AUTH_TCP_NONE          |               | systemctl restart libvirtd",
                "FORMAT_PROBING         |               | virsh edit",
                "NUMERIC_USER           |               | on h2: write the name there",
                "HOST_NAME              |               | on h2: put its real address",
            })
    void aFaultIsFoundWhereItIsAndNowhereElse(String kind, String guest, String mend) {
        List<JsonNode> found = ofKind(faults, kind);
        List<JsonNode> here = found.stream()
                .filter(finding -> finding.path("domain").asText("").equals(guest == null ? "" : guest))
                .toList();
        assertFalse(here.isEmpty(), faults.toPrettyString());
        assertTrue(here.get(0).path("mend").asText().contains(mend), here.get(0).toPrettyString());
        assertTrue(found.stream()
                .noneMatch(finding -> finding.path("domain").asText("").equals("well")));
    }

    @Test
    @Order(3)
    void nothingElseIsFound() {
        // The closed directory is closed on either side.
        assertEquals(22 + 1, faults.path("findings").size(), faults.toPrettyString());
        assertEquals(8, faults.path("exit_code").asInt());
    }

    @Test
    @Order(4)
    void onlyNamedGuestsAreLookedAtAndAnUnknownNameIsAMistake() {
        h1.sh("umount /etc/libvirt; sed -i '/auth_tcp = \"none\"/d' /etc/libvirt/libvirtd.conf");
        h1.sh("sed -i '/^allow_disk_format_probing/d' /etc/libvirt/qemu.conf; virsh pool-undefine old");
        Result one = h1.agent("check-migration", "well");
        assertEquals("Nothing to object: 1 guest on h1\n", one.out());
        assertEquals(0, one.exitCode());
        assertEquals(2, h1.agent("check-migration", "nobody").exitCode());
    }

    @Test
    @Order(5)
    void oneHostIsNoOtherSide() throws IOException {
        JsonNode same = Json.mapper()
                .readTree(check("--to", "qemu+ssh://h1/system", "well").out());
        assertEquals(1, ofKind(same, "SAME_HOST").size(), same.toPrettyString());
    }

    @Test
    @Order(6)
    void numbersThatLibvirtHasFromBeforeAreFound() throws IOException {
        // As after usermod without a restart: the name is new, the label is old.
        h2.sh("sed -i '/^user = /d' /etc/libvirt/qemu.conf; usermod -u 109 libvirt-qemu; groupmod -g 114 libvirt-qemu");
        JsonNode stale = Json.mapper().readTree(check("--to", TO_H2, "well").out());
        assertEquals(1, ofKind(stale, "BASE_LABEL_STALE").size(), stale.toPrettyString());
        assertEquals(0, ofKind(stale, "IDS_DIFFER").size());

        h2.sh("systemctl restart libvirtd");
        JsonNode differ = Json.mapper().readTree(check("--to", TO_H2, "well").out());
        assertEquals(0, ofKind(differ, "BASE_LABEL_STALE").size(), differ.toPrettyString());
        assertEquals(1, ofKind(differ, "IDS_DIFFER").size());
        assertEquals(1, ofKind(differ, "IDS_NOT_TARGET").size());
    }

    @Test
    @Order(7)
    void anotherAccountWithTwoNumbersAndAHostWithoutAnAddressAreFound() throws IOException {
        h1.sh("groupadd -g 901 nova && useradd -M -u 901 -g 901 nova; sed -i '/ h1$/d' /etc/hosts");
        h2.sh("groupadd -g 902 nova && useradd -M -u 902 -g 902 nova");
        String nova = "-Didagent.accounts.nova.";
        JsonNode answer = Json.mapper()
                .readTree(check(
                                "--to",
                                TO_H2,
                                "-Didagent.accounts.libvirt-qemu.uid=64055",
                                "-Didagent.accounts.libvirt-qemu.gid=64055",
                                nova + "uid=901",
                                nova + "gid=901")
                        .out());

        assertEquals(1, ofKind(answer, "ACCOUNTS_DIFFER").size(), answer.toPrettyString());
        assertTrue(ofKind(answer, "ACCOUNTS_DIFFER")
                .get(0)
                .path("sentence")
                .asText()
                .contains("902"));
        assertTrue(
                ofKind(answer, "HOST_NAME").stream()
                        .anyMatch(finding -> finding.path("sentence").asText().contains("h1")),
                answer.toPrettyString());
    }

    @Test
    @Order(8)
    void whoeverWantsAPasswordIsNotReached() throws IOException {
        h1.sh("mv /root/.ssh/id_ed25519 /root/.ssh/away");
        Result refused = check("--to", TO_H2, "well");
        JsonNode answer = Json.mapper().readTree(refused.out());
        assertEquals(1, ofKind(answer, "OTHER_SIDE_NOT_SEEN").size(), answer.toPrettyString());
        assertTrue(refused.out().contains("Permission denied"), refused.out());
        assertEquals(8, refused.exitCode());
    }

    private static List<JsonNode> ofKind(JsonNode document, String kind) {
        List<JsonNode> found = new ArrayList<>();
        document.path("findings").forEach(finding -> {
            if (finding.path("kind").asText().equals(kind)) {
                found.add(finding);
            }
        });
        return found;
    }
}
