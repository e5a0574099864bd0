package io.idagent.agent;

/** Why the daemon leaves a host as it is although nothing forbids to convert it. Binds the daemon, not a person. */
public record Hold(Kind kind, String sentence) {

    public enum Kind {
        /** The pause file exists. */
        PAUSED,
        /** idagent.convert is manual. */
        MANUAL,
        /** A guest ran a moment ago, and another may be about to start. */
        QUIET_PERIOD,
        /** The last attempt came to nothing. */
        BACKING_OFF
    }
}
