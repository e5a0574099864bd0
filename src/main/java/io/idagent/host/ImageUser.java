package io.idagent.host;

import java.util.Optional;

/**
 * A qemu tool that works on an image, or a daemon of libvirt that copies one ({@code virsh vol-upload}).
 *
 * @param path the file below the roots that it has open; empty if its open files could not be seen, so that it may have
 *     one
 */
public record ImageUser(int pid, String program, Optional<String> path) {}
