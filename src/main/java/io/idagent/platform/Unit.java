package io.idagent.platform;

/** A systemd unit, or a service of another init system, and whether it is up. */
public record Unit(String name, boolean active) {

    public boolean isSocket() {
        return name.endsWith(".socket");
    }
}
