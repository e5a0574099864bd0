package io.idagent.platform;

/** One line of the group database, as far as this program needs it. */
public record GroupEntry(String name, Gid gid) {}
