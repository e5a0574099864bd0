package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.lab.Change;
import io.idagent.lab.Guest;
import io.idagent.lab.Host;
import io.idagent.lab.Lab;
import io.idagent.lab.NeedsLab;
import io.idagent.lab.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way back. */
@NeedsLab
class RollbackLabTest {

    private static final String IMAGES = "/var/lib/libvirt/images/";
    private static final String PAUSED = "/etc/libvirt-id-agent/paused";

    private Host host;
    private String before;

    @BeforeEach
    void aConvertedHost(Lab lab) {
        host = lab.host("h1").withIds(109, 114).boot();
        assertEquals("+109:+114", host.baseLabel());
        host.sh("cd " + IMAGES + """
                && touch orphan.raw already.raw half.raw named.raw other.raw && mkdir sub
                chown 994:994 orphan.raw && chown 64055:64055 already.raw && chown 64055:114 half.raw
                chown 109:114 named.raw && chown 5000:5000 other.raw
                ln named.raw sub/hard.raw && ln -s ../named.raw sub/soft.raw && chown -h 109:114 sub/soft.raw
                touch "$(printf 'latin-\\351.raw')" && chown 109:994 "$(printf 'latin-\\351.raw')"
                """);
        before = host.snapshot();
        host.agent("--convert-now").mustSucceed();
        assertEquals("64055:64055", host.owner(IMAGES + "orphan.raw"));
    }

    @Test
    void everyOwnerIsAsItWasBefore() {
        host.agent("--rollback").mustSucceed();

        assertAll(
                () -> assertEquals("109:114", host.ids()),
                () -> assertEquals("+109:+114", host.baseLabel()),
                () -> assertEquals("", Change.between(withoutBackups(before), withoutBackups(host.snapshot()))),
                () -> assertEquals("994:994", host.owner(IMAGES + "orphan.raw")),
                () -> assertEquals("64055:64055", host.owner(IMAGES + "already.raw")),
                () -> assertEquals("64055:114", host.owner(IMAGES + "half.raw")),
                () -> assertEquals("109:114", host.owner(IMAGES + "sub/soft.raw")));
        assertTrue(host.sh("cat " + PAUSED).contains("109:114"));
        assertEquals("109:114", host.guest("tiny").start().ids());
    }

    @Test
    void whatWasMadeAfterTheConversionGoesBackAsWell() {
        host.sh("touch " + IMAGES + "new.raw && chown 64055:64055 " + IMAGES + "new.raw");
        host.sh("rm " + IMAGES + "orphan.raw && touch " + IMAGES + "orphan.raw");

        host.agent("--rollback").mustSucceed();

        assertEquals("109:114", host.owner(IMAGES + "new.raw"));
        assertEquals("0:0", host.owner(IMAGES + "orphan.raw"));
    }

    @Test
    void afterOneThatWasUndoneTheNextGivesBackAsMuch() {
        host.sh("touch " + IMAGES + "new.raw && chown 64055:64055 " + IMAGES + "new.raw");
        host.sh(
                "mv /usr/sbin/groupmod /root && printf '#!/bin/sh\\nexit 10\\n' >/usr/sbin/groupmod && chmod 755 /usr/sbin/groupmod");

        Result broken = host.agent("--rollback");

        assertEquals(6, broken.exitCode(), broken.out());
        assertEquals("64055:64055", host.ids());
        host.sh("mv /root/groupmod /usr/sbin");
        host.agent("--rollback").mustSucceed();
        assertEquals("109:114", host.owner(IMAGES + "new.raw"));
        host.sh("rm " + IMAGES + "new.raw");
        assertEquals("", Change.between(withoutBackups(before), withoutBackups(host.snapshot())));
    }

    @Test
    void aRunningGuestForbidsIt() {
        Guest guest = host.guest("tiny").start();
        String withGuest = host.snapshot();

        Result refusal = host.agent("--rollback");

        assertEquals(3, refusal.exitCode(), refusal.out());
        assertEquals("", Change.between(withGuest, host.snapshot()));
        assertEquals("64055:64055", guest.ids());
        assertEquals(1, host.run("test", "-e", PAUSED).exitCode());
    }

    @Test
    void aNumberThatSomebodyElseHasGotForbidsIt() {
        host.sh("until getent passwd 109; do adduser --system --quiet user$((i = i + 1)); done");
        String converted = host.snapshot();

        Result refusal = host.agent("--rollback");

        assertEquals(4, refusal.exitCode(), refusal.out());
        assertTrue(refusal.out().contains("uid 109 is taken by"), refusal.out());
        assertEquals("", Change.between(converted, host.snapshot()));
    }

    @Test
    void thereIsNoSecondOneButAHostCanBeConvertedAgain() {
        host.agent("--rollback").mustSucceed();
        String back = host.snapshot();

        Result second = host.agent("--rollback");
        assertEquals(5, second.exitCode(), second.out());
        assertTrue(second.out().contains("no conversion that could be taken back"), second.out());
        assertEquals("", Change.between(back, host.snapshot()));

        host.agent("--convert-now").mustSucceed();
        assertEquals("64055:64055", host.ids());
        assertEquals("64055:64055", host.owner(IMAGES + "orphan.raw"));
        assertEquals("", host.filesWith(109, 114));
        host.agent("--rollback").mustSucceed();
        assertEquals("994:994", host.owner(IMAGES + "orphan.raw"));
        assertEquals("64055:64055", host.owner(IMAGES + "already.raw"));
    }

    /** The account files' own backups (passwd-) hold the state before, and so the other one. */
    private static String withoutBackups(String snapshot) {
        return snapshot.replaceAll("(?m)^.* /etc/(passwd|group|shadow|gshadow)-$", "");
    }
}
