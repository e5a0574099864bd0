package io.idagent.health;

import io.idagent.agent.StatusDocument;
import io.idagent.settings.Settings;

/** What of the status may be shown over HTTP: guests with user-mode networking can reach the host's loopback. */
final class PublicStatus {

    private PublicStatus() {}

    static StatusDocument of(StatusDocument status, Settings settings) {
        return settings.daemon().httpDetails() ? status : status.withoutDetails();
    }
}
