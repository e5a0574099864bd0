package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.Test;

/** Access for a while, on a real file system and for real guests. */
@NeedsLab
class ShareLabTest {

    private static final String[] BOTH = {"share", "grant", "--uid", "109", "--uid", "64055"};

    @Test
    void whatWasGivenIsTakenBackExactlyWhateverHappensMeanwhile(Lab lab) {
        Host old = lab.host("h1").withIds(109, 114).withSharedImages().boot();
        Guest one = old.guest("one").start();
        Guest two = old.guest("two").start();
        // A list of its own, whose mask keeps somebody from writing.
        old.sh("setfacl -m u:33:rwx,m::r " + two.image());
        String before = acls(old);

        assertEquals(0, old.agent(BOTH).exitCode());
        assertTrue(old.sh("getfacl -n " + one.image()).contains("user:64055:rw-"));
        assertTrue(old.sh("getfacl -n " + two.image()).contains("user:109:rw-"));
        assertEquals("r--", old.sh("getfacl -nc " + two.image() + " | sed -n 's/^user:33:\\(...\\).*/\\1/p'"));
        assertTrue(old.agent("share", "list").out().contains(one.image()));
        assertTrue(old.agent("status").out().contains("2 images are open to other hosts' numbers"));
        assertTrue(old.agent("status", "--output", "prometheus").out().contains("libvirt_id_agent_grants 2.0"));

        assertEquals(0, old.agent("share", "revoke", "one").exitCode());
        assertFalse(old.sh("getfacl -n " + one.image()).contains("user:" + "64055"));
        assertTrue(old.sh("getfacl -n " + two.image()).contains("user:64055:rw-"));
        forgottenForMoreThanADay(old);
        assertEquals(0, old.agent("share", "revoke").exitCode());
        assertEquals(before, acls(old));
        assertEquals("0 images\n", old.agent("share", "list").out());

        killedInTheMiddle(old, before);
        renamedMeanwhile(old, one, before);
        deletedMeanwhile(old, two, before);
        notPossible(old);
    }

    private void killedInTheMiddle(Host old, String before) {
        assertEquals(137, old.agentKilledAt("setxattr", 2, BOTH).exitCode());
        assertEquals(0, old.agent("share", "revoke").exitCode());
        assertEquals(before, acls(old));
        assertEquals(0, old.agent(BOTH).exitCode());
        assertEquals(137, old.agentKilledAt("setxattr", 2, "share", "revoke").exitCode());
        assertEquals(0, old.agent("share", "revoke").exitCode());
        assertEquals(before, acls(old));
    }

    private void forgottenForMoreThanADay(Host old) {
        assertFalse(old.agent("status").out().contains("more than a day"));
        old.sh("sed -Ei \"s/(\\\"at\\\" ?: ?\\\")[^\\\"]*/\\1$(date -u -d '25 hours ago' +%FT%TZ)/\""
                + " /var/lib/libvirt-id-agent/grants/*");
        assertTrue(old.agent("status").out().contains("more than a day"));
        String age = old.agent("status", "--output", "prometheus")
                .out()
                .replaceFirst("(?s).*\nlibvirt_id_agent_grants_oldest_age_seconds (\\S+).*", "$1");
        assertTrue(Double.parseDouble(age) > 86400, age);
    }

    /** A file of the same name is another one, and the list of the renamed one is taken back. */
    private void renamedMeanwhile(Host old, Guest guest, String before) {
        assertEquals(0, old.agent(BOTH).exitCode());
        old.sh("cd /var/lib/libvirt/images; mv IMAGE renamed; touch IMAGE; setfacl -m u:64055:rw IMAGE"
                .replace("IMAGE", guest.image()));
        assertEquals(0, old.agent("share", "revoke").exitCode());
        assertTrue(old.sh("getfacl -nc " + guest.image()).contains("user:64055:rw-"), "nobody gave that by us");
        old.sh("cd /var/lib/libvirt/images; mv renamed " + guest.image());
        assertEquals(before, acls(old));
    }

    private void deletedMeanwhile(Host old, Guest guest, String before) {
        assertEquals(0, old.agent(BOTH).exitCode());
        old.sh("cp -a " + guest.image() + " /root/copy; rm " + guest.image());
        Result revoked = old.agent("share", "revoke");
        assertEquals(0, revoked.exitCode());
        assertTrue(revoked.out().contains("is not there any more"), revoked.out());
        assertEquals("0 images\n", old.agent("share", "list").out());
    }

    private void notPossible(Host old) {
        Result gone = old.agent(BOTH);
        assertEquals(5, gone.exitCode(), "an image that is gone cannot be opened up");
        assertEquals("0 images\n", old.agent("share", "list").out(), "and then none is");
        assertEquals(2, old.agent("share", "grant", "--uid", "0").exitCode(), "root needs no grant");
        assertEquals(2, old.agent("share", "grant", "--uid", "109", "nobody").exitCode());
    }

    private static String acls(Host host) {
        return host.sh("cd /var/lib/libvirt/images; getfacl -n *; stat -c '%n %a %u:%g' *");
    }
}
