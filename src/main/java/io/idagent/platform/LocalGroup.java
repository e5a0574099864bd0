package io.idagent.platform;

/**
 * One whole line of a group file.
 *
 * @param members names, separated by commas
 */
public record LocalGroup(String name, String password, Gid gid, String members) {}
