package io.idagent.settings;

/** Whether the daemon has conversions done by itself. */
public enum ConvertPolicy {
    /** As soon as nothing can be hurt by it. */
    AUTO,
    /** Never; it reports, and a person runs --convert-now. */
    MANUAL
}
