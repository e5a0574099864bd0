package io.idagent.platform;

/** One whole line of a passwd file. */
public record LocalUser(
        String name, String password, Uid uid, Gid primaryGid, String comment, String home, String shell) {}
