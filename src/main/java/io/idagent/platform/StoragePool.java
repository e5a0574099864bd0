package io.idagent.platform;

import java.util.Optional;

/**
 * A storage pool of libvirt.
 *
 * @param target the directory that holds its volumes as files, for pools of that kind; text, because a Java path cannot
 *     hold every name in every locale
 */
public record StoragePool(String name, String type, Optional<String> target, boolean active) {}
