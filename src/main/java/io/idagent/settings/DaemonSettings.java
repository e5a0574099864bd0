package io.idagent.settings;

import java.time.Duration;

/**
 * What only the daemon, and the services that work for it, go by.
 *
 * @param interval from one look to the next
 * @param quietPeriod how long a host must have been without a guest before it is converted
 * @param scanInterval from one search of the roots to the next; the timer of the scan service has it
 * @param httpDetails whether names of guests and paths are shown over HTTP, which guests may be able to reach
 */
public record DaemonSettings(
        ConvertPolicy convert, Duration interval, Duration quietPeriod, Duration scanInterval, boolean httpDetails) {}
