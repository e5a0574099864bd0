package io.idagent.platform;

import java.lang.ref.Reference;
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
            NativeMemory text = NativeMemory.text(state);
            Systemd.SD_NOTIFY.call(0, text.address());
            Reference.reachabilityFence(text);
        }
    }

    private static final class Systemd {
        static final NativeFunction SD_NOTIFY = NativeFunction.named("sd_notify", "libsystemd.so.0");
    }
}
