package io.idagent.daemon;

import io.idagent.agent.Published;

/** Tells a daemon what it is to have found: a host cannot be brought into every state. */
public final class Told {

    private Told() {}

    public static void to(Daemon daemon, Published found) {
        daemon.publish(found);
    }
}
