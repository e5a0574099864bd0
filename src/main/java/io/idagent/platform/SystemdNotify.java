package io.idagent.platform;

import java.time.Duration;
import jnr.ffi.LibraryLoader;

/**
 * Tells systemd how the service fares ({@code sd_notify(3)}), by its own library: Java 17 cannot send to a Unix datagram
 * socket. Without systemd nothing happens, and nothing is loaded.
 */
public final class SystemdNotify {

    /** Public, because jnr-ffi asks for that. */
    public interface Library {
        int sd_notify(int unsetEnvironment, String state);
    }

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
            Loaded.LIBRARY.sd_notify(0, state);
        }
    }

    private static final class Loaded {
        static final Library LIBRARY = LibraryLoader.create(Library.class).load("libsystemd.so.0");
    }
}
