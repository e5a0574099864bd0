package io.idagent.platform;

/** One line of the passwd database, as far as this program needs it. */
public record UserEntry(String name, Uid uid, Gid primaryGid, String home) {}
