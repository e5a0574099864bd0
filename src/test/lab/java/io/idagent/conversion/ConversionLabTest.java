package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.lab.Change;
import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program's main job, on a real hypervisor. */
@NeedsLab
class ConversionLabTest {

    private static final String IMAGES = "/var/lib/libvirt/images/";

    @Test
    void anOldHostHasTheFixedIdsAfterwardsInItsNamesItsFilesAndItsLibvirt(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.guest("tiny").define();
        host.sh("chown 109:114 " + IMAGES + "tiny.qcow2");
        assertEquals("+109:+114", host.baseLabel());
        String units = host.activeUnits();
        String owners = host.owners();

        Result conversion = host.agent("--convert-now").mustSucceed();

        assertAll(
                () -> assertEquals("64055:64055", host.ids()),
                () -> assertEquals("+64055:+64055", host.baseLabel()),
                () -> assertEquals("", host.filesWith(109, 114)),
                () -> assertEquals(
                        "", Change.between(owners.replaceAll("(?m)^109:114 ", "64055:64055 "), host.owners())),
                () -> assertEquals("64055:64055", host.owner(IMAGES + "tiny.qcow2")),
                () -> assertEquals(units, host.activeUnits()),
                () -> assertEquals("", host.sh("find /run/systemd/system -name '*libvirt-id-agent*'")),
                () -> assertTrue(conversion.out().contains("Done: libvirt-qemu has 64055:64055"), conversion.out()));
        assertEquals("64055:64055", host.guest("tiny").start().ids());
    }

    /** As on Ubuntu, whose libvirt is built so. */
    @Test
    void whereQemuRunsInTheGroupKvmThatGroupIsLeftAlone(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("echo 'group = \"kvm\"' >>/etc/libvirt/qemu.conf; systemctl restart libvirtd");
        host.leaveRunning("setpriv", "--reuid=nobody", "--regid=nogroup", "--groups=kvm", "sleep", "60");
        String kvm = host.sh("getent group kvm | cut -d: -f3");

        host.agent("--convert-now").mustSucceed();

        assertEquals("64055:64055", host.ids());
        assertEquals("+64055:+" + kvm, host.baseLabel());
        Result status = host.agent("status");
        assertEquals(0, status.exitCode(), status.out());
        assertTrue(status.out().contains("NORMALIZED"), status.out());
        assertTrue(!status.out().contains("kvm"), status.out());
    }

    @Test
    void whatLiesDeepInAPoolAndWhatAGuestSeesAsItsFilesStaysAsItIs(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("""
                mkdir -p /data/docker/volume /var/lib/libvirt/share
                touch /data/disk.raw /data/docker/volume/db /var/lib/libvirt/share/theirs
                chown -R 994:994 /data/disk.raw /data/docker
                chown 109:994 /var/lib/libvirt/share/theirs
                virsh -q pool-define-as data dir --target /data >/dev/null""");
        host.guest("tiny").define();
        host.sh("""
                virsh dumpxml tiny | sed "s|</devices>|<filesystem type='mount'><source dir='/var/lib/libvirt/share'/>\\
                <target dir='share'/></filesystem></devices>|" >/run/tiny.xml
                virsh -q define /run/tiny.xml >/dev/null""");

        host.agent("--convert-now").mustSucceed();

        assertEquals("64055:64055", host.owner("/data/disk.raw"));
        assertEquals("994:994", host.owner("/data/docker/volume/db"));
        assertEquals("109:994", host.owner("/var/lib/libvirt/share/theirs"));
    }

    @Test
    void aSecondRunChangesNothing(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.agent("--convert-now").mustSucceed();
        String before = host.snapshot();
        String journals = host.sh("find /var/lib/libvirt-id-agent -printf '%p %s %T@\\n' | sort");

        host.agent("--convert-now").mustSucceed();

        assertEquals("", Change.between(before, host.snapshot()));
        assertEquals(journals, host.sh("find /var/lib/libvirt-id-agent -printf '%p %s %T@\\n' | sort"));
    }

    @Test
    void orphansOfASystemAccountAreAdoptedAndOthersReported(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("cd " + IMAGES + " && touch system.raw other.raw && chown 994:994 system.raw && chown 5000 other.raw");

        Result conversion = host.agent("--convert-now").mustSucceed();

        assertEquals("64055:64055", host.owner(IMAGES + "system.raw"));
        assertEquals("5000:0", host.owner(IMAGES + "other.raw"));
        Result status = host.agent("status");
        assertEquals(1, status.exitCode(), status.out());
        assertTrue(status.out().contains(IMAGES + "other.raw"), status.out() + conversion.out());
    }

    @Test
    void aFileOutsideTheRootsIsReportedAndLeftAlone(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("touch /srv/export.raw && chown 109 /srv/export.raw");

        Result conversion = host.agent("--convert-now").mustSucceed();

        assertEquals("109:0", host.owner("/srv/export.raw"));
        assertTrue(conversion.out().contains("/srv/export.raw"), conversion.out());
    }

    @Test
    void namesAreBytesAndNoLinkIsFollowed(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("cd " + IMAGES + """
                && touch "$(printf 'latin-\\351.raw')" "$(printf 'two\\nlines.raw')" '%41 percent.raw'
                mkfifo pipe && mkdir -p deep/er && touch deep/er/file
                touch /srv/secret && chown 109:114 /srv/secret && ln -s /srv/secret link && ln deep/er/file hard
                chown -hR 109:114 .
                """);

        host.agent("--convert-now").mustSucceed();

        assertEquals("", host.filesWith(109, 114));
        assertEquals("9", host.sh("find " + IMAGES + " -mindepth 1 -uid 64055 -gid 64055 -printf x | wc -c"));
        assertEquals("109:114", host.owner("/srv/secret"));
    }

    @Test
    void onlyTheHalfThatIsWrongChangesAndModeAndTimesStay(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("cd " + IMAGES + """
                && touch uid gid none
                chown 109:0 uid && chown 0:114 gid && chmod 640 uid && chmod 2755 . && chmod 604 gid
                touch -d '2001-02-03 04:05:06.789' uid gid none
                """);
        String times = host.sh("stat -c '%n %a %Y %y' " + IMAGES + "*");

        host.agent("--convert-now").mustSucceed();

        assertEquals("64055:0", host.owner(IMAGES + "uid"));
        assertEquals("0:64055", host.owner(IMAGES + "gid"));
        assertEquals("0:0", host.owner(IMAGES + "none"));
        assertEquals(times, host.sh("stat -c '%n %a %Y %y' " + IMAGES + "*"));
    }

    /** On an idle host libvirtd ends after two minutes and waits behind its sockets. */
    @Test
    void aLibvirtThatHasGoneToSleepIsUpAfterwards(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        Guest guest = host.guest("tiny").define();
        String units = host.activeUnits();
        host.sh("systemctl stop libvirtd.service");
        assertNotEquals(units, host.activeUnits());

        host.agent("--convert-now").mustSucceed();

        assertEquals(units, host.activeUnits());
        assertEquals("64055:64055", guest.start().ids());
    }

    /** An administrator who has stopped libvirt does not find it running because of us. */
    @Test
    void whatWasDownStaysDown(Lab lab) {
        Host host = lab.host("h1").withIds(109, 114).boot();
        host.sh("systemctl disable --quiet --now libvirtd-admin.socket");
        String units = host.activeUnits();

        host.agent("--convert-now").mustSucceed();

        assertEquals(units, host.activeUnits());
        assertEquals("64055:64055", host.ids());
    }

    @Test
    void withJsonThereIsOneDocumentOnStandardOutputAndProgressBesideIt(Lab lab) throws JsonProcessingException {
        Host host = lab.host("h1").withIds(109, 114).boot();

        Result conversion = host.agent("--convert-now", "--output", "json").mustSucceed();

        JsonNode document = new ObjectMapper()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(conversion.out());
        assertEquals(List.of("format", "exit_code", "sentence", "conversions", "status"), fields(document));
        assertEquals(0, document.get("exit_code").asInt());
        JsonNode outcome = document.get("conversions").get(0);
        assertAll(
                () -> assertEquals(1, document.get("conversions").size()),
                () -> assertEquals("DONE", outcome.get("result").asText()),
                () -> assertTrue(outcome.get("files_changed").asInt() > 0, outcome.toString()),
                () -> assertEquals(0, outcome.get("leftovers").asInt()),
                () -> assertTrue(
                        host.run("test", "-f", outcome.get("journal").asText() + "/journal")
                                .succeeded(),
                        outcome.toString()),
                () -> assertEquals(
                        "NORMALIZED", document.get("status").get("state").asText()),
                () -> assertEquals(
                        "READY", document.get("status").get("readiness").asText()),
                () -> assertEquals(
                        64055,
                        document.get("status").get("accounts").get(0).get("uid").asLong()));
        assertTrue(conversion.err().contains("changing owners"), conversion.err());
    }

    private static List<String> fields(JsonNode document) {
        List<String> names = new ArrayList<>();
        document.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
