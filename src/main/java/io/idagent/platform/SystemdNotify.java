package io.idagent.platform;

import com.sun.jna.Native;
import java.time.Duration;

/**
 * Tells systemd how the service fares ({@code sd_notify(3)}), by its own library: Java 17 cannot send to a Unix datagram
 * socket. Without systemd nothing happens, and nothing is loaded.
 */
public final class SystemdNotify {

    private static final boolean LISTENING = System.getenv("NOTIFY_SOCKET") != null;

    private SystemdNotify() {}

    /** Start-up is done. From now on the service is taken for hung if it is silent for longer than that. */
    public static void ready(Duration silence) {
        send("READY=1\nWATCHDOG_USEC=" + silence.toNanos() / 1000);
    }

    public static void alive() {
        send("WATCHDOG=1");
    }

    public static void stopping() {
        send("STOPPING=1");
    }

    private static void send(String state) {
        if (LISTENING) {
            Systemd.sd_notify(0, state);
        }
    }

    private static final class Systemd {
        static {
            Native.register(Systemd.class, "libsystemd.so.0");
        }

        static native int sd_notify(int unsetEnvironment, String state);
    }
}
