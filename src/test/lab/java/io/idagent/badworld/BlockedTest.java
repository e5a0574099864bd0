package io.idagent.badworld;

import static io.idagent.badworld.OldHost.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.idagent.badworld.OldHost.Trouble;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What forbids a conversion is said before anything is changed. One host: whatever a test does to it, it takes back. */
@NeedsLab
class BlockedTest {

    private static final int TAKEN = 4;
    private static final int BLOCKED = 5;

    private static OldHost old;

    @BeforeAll
    static void boot(Lab lab) {
        old = OldHost.boot(lab, "h1");
    }

    /** Nothing but the troubles was in the way. */
    @AfterAll
    static void withoutTroubleItIsConverted() {
        old.convertNow().mustSucceed();
        old.isConverted();
    }

    @Nested
    class TheAccount {

        @Test
        void aHostWithoutTheAccountHasNothingToConvert() {
            try (Trouble t = old.withAccounts("sed -i s/^libvirt-qemu:/somebody:/ /etc/passwd /etc/group")) {
                old.refuses(0, List.of("NOT_APPLICABLE", "no user and no group libvirt-qemu"));
            }
        }

        @Test
        void aUserWithoutItsGroupIsNotConverted() {
            try (Trouble t = old.withAccounts("sed -i /^libvirt-qemu:/d /etc/group /etc/gshadow")) {
                old.refuses(BLOCKED, List.of("ACCOUNT_INCOMPLETE: there is no group libvirt-qemu"));
            }
        }

        @Test
        void aGroupWithoutItsUserIsNotConverted() {
            try (Trouble t = old.withAccounts("sed -i /^libvirt-qemu:/d /etc/passwd /etc/shadow")) {
                old.refuses(BLOCKED, List.of("ACCOUNT_INCOMPLETE: there is no user libvirt-qemu"));
            }
        }

        @Test
        void anAccountOfADirectoryIsNotOursToChange() {
            try (Trouble t = old.withAccounts(
                            "sed -i /^libvirt-qemu:/d /etc/passwd /etc/group /etc/shadow /etc/gshadow");
                    Trouble d = directory(
                            "libvirt-qemu:x:1109:1114::/var/lib/libvirt:/bin/false", "libvirt-qemu:x:1114:")) {
                old.refuses(
                        BLOCKED,
                        List.of(
                                "ACCOUNT_NOT_LOCAL: the user libvirt-qemu",
                                "ACCOUNT_NOT_LOCAL: the group libvirt-qemu"));
            }
        }

        @Test
        void halfOfTheAccountInADirectoryIsEnough() {
            try (Trouble t = old.withAccounts("sed -i /^libvirt-qemu:/d /etc/group /etc/gshadow");
                    Trouble d = directory("", "libvirt-qemu:x:1114:")) {
                Result result = old.refuses(BLOCKED, List.of("ACCOUNT_NOT_LOCAL: the group libvirt-qemu"));
                assertFalse(result.out().contains("the user libvirt-qemu does not"), result.out());
            }
        }

        @Test
        void aHomeThatUsermodCannotBeKeptOutOfIsRefused() {
            try (Trouble t = old.withAccounts("sed -Ei 's,^(libvirt-qemu:.*):/[^:]*:,\\1:/:,' /etc/passwd")) {
                old.refuses(BLOCKED, List.of("HOME_IS_ROOT", "usermod -d /var/lib/libvirt libvirt-qemu"));
            }
        }

        @Test
        void aNumberInQemuConfWouldNotFollow() {
            try (Trouble t =
                    old.withFile("/etc/libvirt/qemu.conf", "echo 'user = \"+109\"' >>/etc/libvirt/qemu.conf")) {
                old.refuses(BLOCKED, List.of("NUMERIC_USER_CONFIGURED", "user = \"+109\""));
            }
            try (Trouble t =
                    old.withFile("/etc/libvirt/qemu.conf", "echo 'group = \"114\"' >>/etc/libvirt/qemu.conf")) {
                old.refuses(BLOCKED, List.of("NUMERIC_USER_CONFIGURED", "group = \"114\""));
            }
        }
    }

    @Nested
    class TheTarget {

        @Test
        void aLocalUserHasTheUid() {
            try (Trouble t = old.withAccounts("useradd -M -N -g nogroup -u 64055 alice")) {
                Result result = old.refuses(TAKEN, List.of("UID_TAKEN: uid 64055 is taken by user alice"));
                assertFalse(result.out().contains("GID_TAKEN"), result.out());
            }
        }

        @Test
        void aLocalGroupHasTheGid() {
            try (Trouble t = old.withAccounts("groupadd -g 64055 admins")) {
                Result result = old.refuses(TAKEN, List.of("GID_TAKEN: gid 64055 is taken by group admins"));
                assertFalse(result.out().contains("UID_TAKEN"), result.out());
            }
        }

        @Test
        void somebodyInADirectoryHasThem() {
            try (Trouble d = directory("bob:x:64055:64055::/home/bob:/bin/sh", "bobs:x:64055:")) {
                old.refuses(TAKEN, List.of("uid 64055 is taken by user bob", "gid 64055 is taken by group bobs"));
            }
        }

        @Test
        void aProcessWithoutANameRunsUnderTheUid() {
            try (Trouble t = sleeper("--reuid=64055 --regid=nogroup")) {
                Result result = old.refuses(TAKEN, List.of("UID_TAKEN: uid 64055 is taken by process sleep"));
                assertFalse(result.out().contains("GID_TAKEN"), result.out());
            }
        }

        @Test
        void aProcessHasTheGidAmongItsGroups() {
            try (Trouble t = sleeper("--groups=64055")) {
                old.refuses(TAKEN, List.of("GID_TAKEN: gid 64055 is taken by process sleep"));
            }
        }

        /** systemd derives the number from the name, and "web687" gives 64055. */
        @Test
        void systemdHasGivenTheNumberToADynamicUser() {
            try (Trouble t = old.with(
                    "systemd-run --quiet --unit=web -p DynamicUser=yes -p User=web687 sleep 300",
                    "systemctl stop web")) {
                old.refuses(
                        TAKEN,
                        List.of(
                                "uid 64055 is taken by dynamic user web687 of systemd",
                                "gid 64055 is taken by dynamic user web687 of systemd"));
            }
        }

        @Test
        void theAdministratorsOwnCheckKnowsWhoHasThem() {
            old.refuses(
                    TAKEN,
                    List.of("uid 64055 is taken by DN: uidNumber=64055"),
                    "-Didagent.extra-uid-check=/bin/echo,DN: uidNumber={uid}",
                    "-Didagent.extra-uid-check-match=^DN:");
            old.refuses(
                    TAKEN,
                    List.of("gid 64055 is taken by DN: gidNumber=64055"),
                    "-Didagent.extra-gid-check=/bin/echo,DN: gidNumber={gid}",
                    "-Didagent.extra-gid-check-match=^DN:");
        }

        @Test
        void aCheckThatPrintsItsFilterAndFindsNothingIsNoObstacle() {
            Result plan = old.convertNow(
                    "--dry-run",
                    "-Didagent.extra-uid-check=/bin/echo,filter uidNumber={uid}",
                    "-Didagent.extra-uid-check-match=^DN:");
            assertSays(0, "CONVERTIBLE", plan);
        }

        @Test
        void aCheckThatCannotAnswerIsNotTakenForNo() {
            for (String check : List.of("/bin/false", "/usr/sbin/udm")) {
                old.refuses(
                        BLOCKED,
                        List.of("NAME_SERVICE_FAILING", check),
                        "-Didagent.extra-uid-check=" + check,
                        "-Didagent.extra-uid-check-match=^DN:");
            }
        }
    }

    @Nested
    class NameServices {

        @Test
        void aServiceWithoutItsModuleIsFailing() {
            try (Trouble t = old.withFile(
                    "/etc/nsswitch.conf", "sed -i -E 's/^(passwd|group):.*/\\1: files winbind/' /etc/nsswitch.conf")) {
                old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING", "libnss_winbind.so.2 cannot be loaded"));
            }
        }

        @Test
        void aServiceThatDoesNotAnswerIsFailing() {
            try (Trouble t = old.withFile(
                    "/etc/nsswitch.conf", "sed -i -E 's/^group:.*/group: files hesiod/' /etc/nsswitch.conf")) {
                old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING", "'hesiod' cannot answer for group"));
            }
        }

        /** glibc forgets the failure when a later service answers. */
        @Test
        void anOutageThatALaterServiceHidesIsSeen() {
            try (Trouble t = old.withFile(
                            "/etc/nsswitch.conf",
                            "sed -i -E 's/^passwd:.*/passwd: files hesiod extrausers/' /etc/nsswitch.conf");
                    Trouble d = old.with(
                            "mkdir -p /var/lib/extrausers; cd /var/lib/extrausers; touch passwd group shadow",
                            "rm -r /var/lib/extrausers")) {
                old.refuses(BLOCKED, List.of("NAME_SERVICE_FAILING", "'hesiod' cannot answer for passwd"));
            }
        }
    }

    @Nested
    class Writing {

        @Test
        void somebodyHoldsTheLockOfTheAccountFiles() {
            try (Trouble t = lockHeldFor(300)) {
                old.refuses(
                        BLOCKED,
                        List.of("PASSWD_LOCKED", "another program held /etc/.pwd.lock for 1 s"),
                        "-Didagent.timeouts.passwd-lock=1s");
            }
        }

        @Test
        void aLockThatIsGivenBackInTimeIsWaitedFor() {
            try (Trouble t = lockHeldFor(2)) {
                // A dry run does not wait; an obstacle that comes later in the list keeps this one from converting.
                try (Trouble numeric =
                        old.withFile("/etc/libvirt/qemu.conf", "echo 'user = \"+109\"' >>/etc/libvirt/qemu.conf")) {
                    Result result = old.refuses(BLOCKED, List.of("NUMERIC_USER_CONFIGURED"));
                    assertFalse(result.out().contains("PASSWD_LOCKED"), result.out());
                }
            }
        }

        @Test
        void aLockFileWasLeftBehind() {
            for (String file : List.of("/etc/passwd.lock", "/etc/group.lock")) {
                try (Trouble t = old.with("touch " + file, "rm " + file)) {
                    old.refuses(BLOCKED, List.of("PASSWD_LOCKED: ", "there is a lock file " + file));
                }
            }
        }

        @Test
        void etcIsReadOnly() {
            try (Trouble t = readOnly("/etc")) {
                old.refuses(BLOCKED, List.of("READ_ONLY: /etc is on a read-only file system"));
            }
        }

        @Test
        void aRootIsReadOnly() {
            try (Trouble t = readOnly("/var/cache/libvirt")) {
                old.refuses(BLOCKED, List.of("READ_ONLY: /var/cache/libvirt is on a read-only file system"));
            }
        }
    }

    @Nested
    class Guests {

        @Test
        void aGuestIsTiedToTheOldNumberByItsDefinition() {
            old.host().guest("tied").define();
            try (Trouble t = old.with(
                    "virsh dumpxml --inactive tied | sed \"s,</devices>,</devices><seclabel type='static' model='dac'"
                            + " relabel='no'><label>+109:+114</label></seclabel>,\" >/root/tied.xml;"
                            + " virsh define /root/tied.xml",
                    "virsh undefine tied")) {
                old.refuses(
                        BLOCKED,
                        List.of("GUESTS_WOULD_NOT_START: guest tied", "virsh edit tied", "--accept-unstartable"));
                assertSays(0, "CONVERTIBLE", old.convertNow("--dry-run", "--accept-unstartable"));
            }
        }

        @Test
        void libvirtIsToldNotToGiveDisksAway() {
            old.host().guest("kept").define();
            String image = old.host().guest("kept").image();
            try (Trouble conf = old.withFile(
                            "/etc/libvirt/qemu.conf", "echo 'dynamic_ownership = 0' >>/etc/libvirt/qemu.conf");
                    Trouble t = old.with(
                            "chown 109:114 " + image + "; chmod 600 " + image,
                            "virsh undefine kept --remove-all-storage")) {
                old.refuses(
                        BLOCKED,
                        List.of(
                                "GUESTS_WOULD_NOT_START: guest kept",
                                image,
                                "dynamic_ownership = 0",
                                "chown 64055:64055"),
                        "-Didagent.exclusions=/var/lib/libvirt/images");
                assertSays(0, "CONVERTIBLE", old.agent("plan")); // a file that is re-owned is no obstacle
            }
        }
    }

    /** One document on standard output, and nothing else. */
    @Test
    void aScriptReadsTheSame() {
        try (Trouble t = old.withAccounts("useradd -M -N -g nogroup -u 64055 alice")) {
            Result result = old.refuses(
                    TAKEN, List.of("\"exit_code\" : 4", "\"kind\" : \"UID_TAKEN\"", "user alice"), "--output", "json");
            assertEquals("", result.err());
            assertEquals("{", result.out().substring(0, 1));
        }
    }

    private static Trouble directory(String user, String group) {
        return old.with("""
                cp -p /etc/nsswitch.conf /root/nsswitch.conf
                sed -i -E 's/^(passwd|group):.*/\\1: files extrausers/' /etc/nsswitch.conf
                mkdir -p /var/lib/extrausers; cd /var/lib/extrausers
                echo '%s' >passwd; echo '%s' >group; touch shadow
                """.formatted(user, group), "cp -p /root/nsswitch.conf /etc; rm -r /var/lib/extrausers");
    }

    private static Trouble sleeper(String credentials) {
        String clear = credentials.contains("--groups") ? "" : " --clear-groups";
        return old.with(
                "setpriv " + credentials + clear + " sleep 300 >/dev/null 2>&1 & echo $! >/run/sleeper; sleep 0.1",
                "kill $(cat /run/sleeper)");
    }

    private static Trouble lockHeldFor(int seconds) {
        return old.with("""
                python3 -c '
                import fcntl, time
                lock = open("/etc/.pwd.lock", "w")
                fcntl.lockf(lock, fcntl.LOCK_EX)
                open("/run/locked", "w")
                time.sleep(%d)' >/dev/null 2>&1 &
                echo $! >/run/locker
                until [ -e /run/locked ]; do sleep 0.05; done
                """.formatted(seconds), "kill $(cat /run/locker) 2>/dev/null || true; rm /run/locked");
    }

    private static Trouble readOnly(String directory) {
        return old.with(
                "mount --bind %1$s %1$s; mount -o remount,bind,ro %1$s".formatted(directory), "umount " + directory);
    }
}
