package io.idagent.host;

/**
 * A process that is no guest and carries a watched number.
 *
 * @param ids which of the watched numbers
 */
public record IdUser(int pid, String program, WatchedIds ids) {

    @Override
    public String toString() {
        return program + " (pid " + pid + ")";
    }
}
