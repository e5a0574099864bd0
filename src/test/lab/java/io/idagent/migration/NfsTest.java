package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsVirtualMachines;
import io.idagent.lab.Result;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An old host and a new one with their images on NFS, whose server is the old one. h1 is 109:114, h2 is 64055:64055.
 *
 * <p>Two machines serve all tests: booting takes longer than most of them.
 */
@NeedsVirtualMachines
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NfsTest {

    private static final String H2 = "qemu+ssh://h2/system";
    private static final String SERVED = "/srv/images/";
    private static final String MOUNTED = "/var/lib/libvirt/images/";

    private static Lab lab;
    private static Host h1;
    private static Host h2;

    enum Export {
        V42_ROOT_MAY("4.2", "no_root_squash"),
        V42_ROOT_IS_NOBODY("4.2", "root_squash"),
        V3_ROOT_MAY("3", "no_root_squash"),
        V3_ROOT_IS_NOBODY("3", "root_squash");

        private final String version;
        private final String squash;

        Export(String version, String squash) {
            this.version = version;
            this.squash = squash;
        }

        boolean rootIsNobody() {
            return squash.equals("root_squash");
        }

        @Override
        public String toString() {
            return String.format("%-20s", "v" + version + ", " + squash);
        }
    }

    @BeforeAll
    static void boot(Lab machines) {
        lab = machines;
        CompletableFuture<Host> other =
                CompletableFuture.supplyAsync(() -> lab.host("h2").boot());
        h1 = lab.host("h1").withIds(109, 114).boot();
        h2 = other.join();
        // Connections that are made once: an emulated processor takes seconds to make one.
        h1.leaveRunning("ssh", "-M", "-N", "h2");
        h2.leaveRunning("ssh", "-M", "-N", "h1");
    }

    /** The world as it is: what the other tests protect guests from can be seen by this one. */
    @Order(1)
    @ParameterizedTest(name = "{0}  a plain migration fails, and takes the disk away from the guest")
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ".*ROOT_MAY")
    void aPlainMigrationTakesTheDiskAway(Export export) {
        begin(export);
        Guest guest = start("one");
        assertTrue(answers(h1, guest));

        assertFalse(h1.migrate(guest, h2).succeeded());

        assertTrue(guest.isRunning(), "or so libvirt says");
        assertFalse(answers(h1, guest));
        assertEquals("64055:64055", h1.owner(SERVED + "one.qcow2"));
    }

    @Order(2)
    @ParameterizedTest(name = "{0}  an evacuation fails, and hurts no guest")
    @EnumSource
    void aGuestThatCannotMoveStaysAsItWas(Export export) {
        begin(export);
        Guest guest = start("one");
        h1.sh("setfacl -m u:33:r,g:109:r " + SERVED + "one.qcow2");
        String before = list("one");
        // The other side's qemu dies when a guest is to arrive, after libvirt there has taken the image, where it may.
        h2.sh("systemd-run --quiet --unit=killer sh -c 'while sleep 0.1; do pkill -9 -f \"[-]incoming defer\"; done'");

        Result failed = h1.agent("evacuate", "--to", H2, "--convert");

        h2.sh("systemctl stop killer");
        assertEquals(8, failed.exitCode(), failed.out() + failed.err());
        assertTrue(guest.isRunning());
        assertTrue(answers(h1, guest));
        assertEquals(before, list("one"));
        assertEquals("109:114", h1.ids());
        assertEquals("109:114", guest.ids());
        nothingIsOut();
    }

    @Order(3)
    @ParameterizedTest(name = "{0}  the guests leave, the host is converted, they come home")
    @EnumSource
    void theGuestsLeaveTheHostIsConvertedAndTheyComeHome(Export export) {
        begin(export);
        start("one");
        start("two");
        h1.sh("setfacl -m u:33:r,g:109:r " + SERVED + "two.qcow2");
        String before = list("one") + list("two");
        aGuestOfTheOtherHostLivesOnAnImageWithTheOldNumber();
        h1.sh("cp %s/one.qcow2 %s/spare.qcow2; chown 109:114 %<s/spare.qcow2".formatted(SERVED, SERVED));

        Result away = h1.agent("evacuate", "--to", H2, "--parallel", "2", "--convert");

        if (export.rootIsNobody()) {
            assertEquals(8, away.exitCode(), away.out() + away.err());
            areOn(h2, h1);
            assertTrue(away.out().contains("on the server: chown 64055:64055 FILE"), away.out());
            h1.sh("chown 64055:64055 %s/one.qcow2 %<s/two.qcow2".formatted(SERVED));
            away = h1.agent("evacuate", "--to", H2, "--convert");
        }
        assertEquals("64055:64055", h1.ids(), away.out() + away.err());
        areOn(h2, h1);
        assertEquals(before, (list("one") + list("two")).replace("64055:64055", "109:114"));
        nothingIsOut();

        theConversionLeavesAloneWhatAnotherHostUses(export, away);

        Result home = h1.agent("evacuate", "--back-from", H2, "--parallel", "2");

        assertEquals(0, home.exitCode(), home.out() + home.err());
        areOn(h1, h2);
        assertEquals(before, (list("one") + list("two")).replace("64055:64055", "109:114"));
        nothingIsOut();
    }

    private static void aGuestOfTheOtherHostLivesOnAnImageWithTheOldNumber() {
        Guest held = h2.guest("held").start();
        h1.sh("setfacl -m u:109:rw,u:64055:rw %s/held.qcow2; chown 109:114 %<s/held.qcow2".formatted(SERVED));
        assertTrue(answers(h2, held));
    }

    /** @param reported what the conversion said that was told to report */
    private static void theConversionLeavesAloneWhatAnotherHostUses(Export export, Result reported) {
        assertEquals(0, reported.exitCode(), reported.out() + reported.err());
        assertEquals("109:114", h1.owner(SERVED + "held.qcow2"));
        assertEquals("109:114", h1.owner(SERVED + "spare.qcow2"));

        Result converted = h1.agent("--convert-now", "-Didagent.shared-storage=convert");

        assertEquals(7, converted.exitCode(), converted.out() + converted.err());
        assertEquals("109:114", h1.owner(SERVED + "held.qcow2"), converted.out());
        assertTrue(answers(h2, h2.guest("held")));
        if (export.rootIsNobody()) {
            assertEquals("109:114", h1.owner(SERVED + "spare.qcow2"), converted.out());
            assertTrue(converted.out().contains("root of this host has no say"), converted.out());
        } else {
            assertEquals("64055:64055", h1.owner(SERVED + "spare.qcow2"), converted.out());
            assertTrue(converted.out().contains("held.qcow2 is in use"), converted.out());
        }
    }

    @Order(4)
    @ParameterizedTest(name = "{0}  where lists may be set on the server alone nothing moves, and that is said")
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ".*ROOT_IS_NOBODY")
    void whereNobodyMaySetListsNothingMoves(Export export) {
        begin(export);
        Guest guest = start("one");
        // The image is root's, and the guest lives by an entry: neither root, who is nobody, nor the owner may say
        // anything.
        h1.sh("setfacl -m u:109:rw %s/one.qcow2; chown 0:0 %<s/one.qcow2".formatted(SERVED));

        Result refused = h1.agent("evacuate", "--to", H2);

        assertEquals(8, refused.exitCode(), refused.out() + refused.err());
        assertTrue(refused.out().contains("on the server: setfacl -m u:109:rw,u:64055:rw FILE"), refused.out());
        assertFalse(refused.out().contains("moving"), refused.out());
        assertTrue(answers(h1, guest));
        nothingIsOut();

        h1.sh("setfacl -m u:109:rw,u:64055:rw %s/one.qcow2".formatted(SERVED));
        Result moved = h1.agent("evacuate", "--to", H2);

        assertTrue(moved.out().contains("1 of 1 guests moved"), moved.out() + moved.err());
        assertTrue(answers(h2, h2.guest("one")));
    }

    /** As on the first day: no guests, h1 with its old numbers, and images that only its account can open. */
    private static void begin(Export export) {
        for (Host host : new Host[] {h1, h2}) {
            host.sh(
                    "for guest in $(virsh list --all --name); do virsh destroy $guest || true; virsh undefine $guest; done");
        }
        h1.sh("rm -rf /var/lib/libvirt-id-agent");
        // The old numbers stay reserved while files on NFS carry them.
        h1.sh("for name in $(grep -o '^libvirt-qemu-former-[0-9]*' /etc/passwd); do userdel $name; done");
        h1.sh("for name in $(grep -o '^libvirt-qemu-former-[0-9]*' /etc/group); do groupdel $name; done");
        if (!h1.ids().equals("109:114")) {
            h1.giveIds(109, 114);
        }
        lab.exportImages("rw," + export.squash, "vers=" + export.version, h1, h2);
        h1.sh("rm -f " + SERVED + "*");
    }

    private static Guest start(String name) {
        Guest guest = h1.guest(name).start();
        h1.sh("chmod 600 " + SERVED + name + ".qcow2");
        assertEquals("109:114", h1.owner(SERVED + name + ".qcow2"));
        return guest;
    }

    private static void areOn(Host there, Host notHere) {
        for (String name : new String[] {"one", "two"}) {
            Guest guest = there.guest(name);
            assertTrue(guest.isRunning(), name);
            assertEquals("64055:64055", guest.ids());
            assertTrue(answers(there, guest), name);
            assertFalse(notHere.run("virsh", "domstate", name).succeeded(), name + " is known to both");
        }
    }

    private static void nothingIsOut() {
        assertEquals("0 images\n", h1.agent("share", "list").out());
    }

    /** As the server has it. */
    private static String list(String name) {
        return h1.sh("cd " + SERVED + "; getfacl -nc %s.qcow2; stat -c '%%n %%a %%u:%%g' %<s.qcow2".formatted(name));
    }

    /** Reads through the descriptor that the guest's qemu has; how that went stands in its log alone. */
    private static boolean answers(Host host, Guest guest) {
        String log = host.sh("""
                node=$(virsh qemu-monitor-command NAME '{"execute":"query-named-block-nodes"}' |
                    grep -o 'libvirt-[0-9]*-storage' | sort -u)
                [ -n "$node" ] || exit 0
                virsh qemu-monitor-command NAME --hmp "qemu-io $node \\"read 0 512\\""
                tail -n 2 /var/log/libvirt/qemu/NAME.log""".replace("NAME", guest.name()));
        return log.contains("read 512/512 bytes");
    }
}
