package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number that is given up stays nobody's for as long as a file carries it. */
@NeedsLab
class ReservedIdsLabTest {

    private static final String IMAGES = "/var/lib/libvirt/images/";
    private static final String NOT_RESERVING = "-Didagent.reserve-former-ids=false";

    private Host host;

    @BeforeEach
    void anOldHost(Lab lab) {
        host = lab.host("h1").withIds(109, 114).boot();
        assertEquals("+109:+114", host.baseLabel());
        host.sh("touch " + IMAGES + "disk.raw " + IMAGES + "pinned.raw && chown 109:114 " + IMAGES + "*.raw");
    }

    @Test
    void anImmutableFileKeepsItsNumbersReservedUntilItIsChanged() {
        host.sh("chattr +i " + IMAGES + "pinned.raw");

        Result conversion = host.agent("--convert-now");

        assertEquals(7, conversion.exitCode(), conversion.out());
        assertTrue(
                conversion
                        .out()
                        .contains("uid 109 stays reserved by libvirt-qemu-former-109: files in the roots carry it"),
                conversion.out());
        assertEquals("""
                libvirt-qemu-former-109:x:109:65534:Keeps a former number of files (libvirt-id-agent):/nonexistent:/usr/sbin/nologin
                libvirt-qemu-former-114:x:114:""", reserved());
        assertEquals("!", host.sh("grep -h former /etc/shadow | cut -d: -f2"), "locked");
        assertEquals("", host.sh("ls -d /nonexistent /var/mail/*former* 2>/dev/null || true"));
        addSystemUsers();
        assertEquals("libvirt-qemu-former-109", host.sh("stat -c %U " + IMAGES + "pinned.raw"));
        Result status = host.agent("status");
        assertTrue(
                status.out().contains("FORMER_ID_RESERVED: uid 109 is reserved by libvirt-qemu-former-109"),
                status.out());
        assertFalse(status.out().contains("FORMER_ID_REUSED"), status.out());
        assertEquals(7, host.agent("--convert-now").exitCode());
        assertNotEquals("", reserved());

        host.leaveRunning("setpriv", "--reuid=109", "--regid=114", "--clear-groups", "sleep", "1000");
        Result refused = host.agent("--convert-now");
        assertEquals(3, refused.exitCode(), refused.out());
        assertTrue(refused.out().contains("PROCESS_USES_ID"), refused.out());
        Result noWayBack = host.agent("--rollback");
        assertEquals(4, noWayBack.exitCode(), noWayBack.out());
        assertTrue(noWayBack.out().contains("uid 109 is taken by process"), noWayBack.out());

        host.sh("pkill -U 109; chattr -i " + IMAGES + "pinned.raw");
        Result released = host.agent("--convert-now").mustSucceed();

        assertEquals("64055:64055", host.owner(IMAGES + "pinned.raw"));
        assertEquals("", reserved());
        assertTrue(released.out().contains("uid 109 is free again, no file carries it any more"), released.out());
        assertEquals(0, host.agent("status").exitCode());
    }

    @Test
    void aFileOutsideTheRootsReservesOnlyTheHalfThatItCarries() {
        host.sh("touch /srv/export.raw && chown 109 /srv/export.raw");

        host.agent("--convert-now").mustSucceed();

        assertEquals("libvirt-qemu-former-109", reservedNames());
        host.sh("for i in $(seq 15); do adduser --system --quiet user$i; done");
        assertEquals("", host.sh("awk -F: '$1 ~ /^user/ && $3 == 109' /etc/passwd"));
        String before = host.snapshot();
        host.agent("--convert-now").mustSucceed();
        assertEquals("", Change.between(before, host.snapshot()));
        assertTrue(host.agent("plan").out().contains(": 1 file outside the roots with former ids: /srv/export.raw"));

        host.sh("chown 0 /srv/export.raw");
        Result planned = host.agent("plan");
        assertTrue(planned.out().contains("LEFTOVERS: ids are right, and uid 109 can be given back"), planned.out());
        host.agent("--convert-now").mustSucceed();
        assertEquals("", reserved());
    }

    @Test
    void atNoMomentOfAConversionIsTheNumberFree() {
        // Behind usermod the number of the user is given up, and nobody holds the lock of the account files yet.
        host.beforeEach("/usr/sbin/groupmod", "for i in $(seq 12); do adduser --system --quiet thief$i; done");

        host.agent("--convert-now").mustSucceed();

        assertNotEquals("", host.sh("getent passwd thief12"));
        assertEquals("", host.sh("getent passwd 109 || true"));
    }

    @Test
    void aRollbackGivesTheNumbersBackToTheAccountAndOneThatFailsReservesThemAgain() {
        String before = host.snapshot();
        host.sh("chattr +i " + IMAGES + "pinned.raw");
        assertEquals(7, host.agent("--convert-now").exitCode());
        String converted = host.snapshot();
        host.beforeEach("/usr/sbin/groupdel", "exit 1");
        Result failed = host.agent("--rollback");
        host.nothingBefore("/usr/sbin/groupdel");
        assertEquals(6, failed.exitCode(), failed.out());
        assertEquals("", Change.between(sorted(converted), sorted(host.snapshot())));

        host.agent("--rollback").mustSucceed();

        assertAll(
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("", reserved()),
                () -> assertEquals("", Change.between(withoutBackups(before), withoutBackups(host.snapshot()))));
    }

    @Test
    void onSharedStorageAndWhereNobodyCanLookFilesMayCarryThem(Lab lab) {
        Host shared = lab.host("h2").withIds(109, 114).withImagesLikeNfs().boot();
        shared.sh("setpriv --reuid=109 --regid=109 --clear-groups touch " + IMAGES + "far.raw");
        assertEquals("109:109", shared.owner(IMAGES + "far.raw"));
        shared.sh("virsh pool-define-as away dir --target /srv/away");
        shared.agent("--convert-now").mustSucceed();
        assertEquals("libvirt-qemu-former-109 libvirt-qemu-former-114", names(shared));
        String status = shared.agent("status").out();
        assertTrue(status.contains("files in the roots carry it"), status);
        assertTrue(status.contains("files may carry it: the storage pool away is not active"), status);

        shared.sh("mkdir /srv/away && virsh pool-start away");
        shared.agent("--convert-now").mustSucceed();
        assertEquals("libvirt-qemu-former-109", names(shared));
        shared.sh("rm " + IMAGES + "far.raw");
        shared.agent("--convert-now").mustSucceed();
        assertEquals("", names(shared));
    }

    /** The reservation is half made, or half taken away. */
    @Test
    void killedBetweenTheToolsTheNextRunEndsWhereItWasToGo() {
        host.sh("chattr +i " + IMAGES + "pinned.raw");
        for (String tool : new String[] {"usermod", "groupmod"}) {
            killedBefore(tool, "--convert-now");
            assertEquals(7, host.agent("--convert-now").exitCode());
            assertEquals("64055:64055", host.ids());
            assertEquals("libvirt-qemu-former-109 libvirt-qemu-former-114", reservedNames(), "killed before " + tool);
            assertEquals("64055:64055", host.owner(IMAGES + "disk.raw"));
            host.agent("--rollback").mustSucceed();
        }
        for (String tool : new String[] {"userdel", "groupdel"}) {
            assertEquals(7, host.agent("--convert-now").exitCode());
            killedBefore(tool, "--rollback");
            host.agent("--rollback").mustSucceed();
            assertEquals("109:114", host.ids());
            assertEquals("", reserved(), "killed before " + tool);
            assertEquals("109:114", host.owner(IMAGES + "disk.raw"));
        }
    }

    /** It was faster than we, or nobody wanted a reservation. */
    @Test
    void aPackageThatHasGotTheNumberKeepsItsFiles() {
        host.sh("chattr +i " + IMAGES + "pinned.raw");
        Result unreserved = host.run("libvirt-id-agent", NOT_RESERVING, "--convert-now");
        assertEquals(7, unreserved.exitCode(), unreserved.out());
        assertFalse(unreserved.out().contains("reserved"), unreserved.out());
        assertEquals("", reserved());
        host.sh("""
                chattr -i %1$spinned.raw && rm %1$spinned.raw
                until getent passwd 109 || [ "$i" = 60 ]; do adduser --system --quiet package$((i = i + 1)); done
                until getent group 114 || [ "$j" = 60 ]; do addgroup --system --quiet package-group$((j = j + 1)); done
                install -d -o 109 -g 114 %1$spackage && touch %1$spackage/file && chown 109:114 %1$spackage/file
                """.formatted(IMAGES));
        String before = host.snapshot();

        Result again = host.agent("--convert-now").mustSucceed();
        Result status = host.agent("status");
        Result rescan = host.agent("scan").mustSucceed();
        Result back = host.agent("--rollback");
        Result elsewhere = host.run(
                "libvirt-id-agent",
                "-Didagent.accounts.libvirt-qemu.uid=64100",
                "-Didagent.accounts.libvirt-qemu.gid=64100",
                "--convert-now");

        assertAll(
                () -> assertTrue(again.out().contains("NORMALIZED"), again.out()),
                () -> assertEquals(1, status.exitCode(), status.out()),
                () -> assertTrue(
                        status.out().contains("FORMER_ID_REUSED: uid 109 belongs to user package"), status.out()),
                () -> assertTrue(
                        status.out().contains("FORMER_ID_REUSED: gid 114 belongs to group package"), status.out()),
                () -> assertEquals("", rescan.err()),
                () -> assertEquals(4, back.exitCode(), back.out()),
                () -> assertTrue(back.out().contains("uid 109 is taken by user package"), back.out()),
                () -> assertEquals(0, elsewhere.exitCode(), elsewhere.out()),
                () -> assertEquals("64100:64100", host.ids()),
                () -> assertEquals("64100:64100", host.owner(IMAGES + "disk.raw")),
                () -> assertEquals("109:114", host.owner(IMAGES + "package")),
                () -> assertEquals("109:114", host.owner(IMAGES + "package/file")),
                () -> assertTrue(before.contains("109:114 f 644 " + IMAGES + "package/file"), before));
    }

    /** The name alone makes nothing ours: what such an account owns is not taken from it, and it is not removed. */
    @Test
    void somebodyElsesAccountOfThatNameIsNotTakenForOurs() {
        host.agent("--convert-now").mustSucceed();
        host.sh("""
                useradd --system --uid 109 libvirt-qemu-former-109
                touch %1$stheirs.raw && chown 109:0 %1$stheirs.raw
                """.formatted(IMAGES));

        Result again = host.agent("--convert-now").mustSucceed();

        assertTrue(again.out().contains("NORMALIZED"), again.out());
        assertEquals("109:0", host.owner(IMAGES + "theirs.raw"));
        assertNotEquals("", host.sh("getent passwd libvirt-qemu-former-109"));
        assertTrue(host.agent("status").out().contains("uid 109 belongs to user libvirt-qemu-former-109 now"));
        assertEquals(4, host.agent("--rollback").exitCode());
    }

    /** More of them than there are free numbers below ours. */
    private void addSystemUsers() {
        host.sh("for i in $(seq 15); do adduser --system --group --quiet user$i; done");
        assertEquals(
                "",
                host.sh(
                        "awk -F: '$1 ~ /^user/ && $3 == 109' /etc/passwd; awk -F: '$1 ~ /^user/ && $3 == 114' /etc/group"));
    }

    private void killedBefore(String tool, String command) {
        host.beforeEach("/usr/sbin/" + tool, "kill -9 $PPID; exit 1");
        assertEquals(137, host.agent(command).exitCode(), "killed before " + tool);
        host.nothingBefore("/usr/sbin/" + tool);
    }

    private String reserved() {
        return host.sh("grep -h former /etc/passwd /etc/group || true");
    }

    private String reservedNames() {
        return names(host);
    }

    private static String names(Host host) {
        return host.sh("grep -ho '^[^:]*former[^:]*' /etc/passwd /etc/group | xargs || true");
    }

    /** The account files' own backups (passwd-) hold the state before, and so the other one. */
    private static String withoutBackups(String snapshot) {
        return snapshot.replaceAll("(?m)^.* /etc/(passwd|group|shadow|gshadow)-$", "");
    }

    /** What was removed and made anew stands at the end of its file. */
    private static String sorted(String snapshot) {
        return withoutBackups(snapshot).lines().sorted().reduce("", (all, line) -> all + line + "\n");
    }
}
