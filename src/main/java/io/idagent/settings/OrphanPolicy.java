package io.idagent.settings;

/** What is done with files whose number has no name. */
public enum OrphanPolicy {
    /** Former ids of the account, and numbers from the range of system accounts in libvirt's own roots. */
    ADOPT,
    /** Former ids of the account only. */
    FORMER_ONLY,
    /** Former ids as well are only reported: nothing but the account's current number is changed. */
    REPORT
}
