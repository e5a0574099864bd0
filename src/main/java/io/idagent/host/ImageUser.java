package io.idagent.host;

import java.util.Optional;

/**
 * A qemu tool that works on an image.
 *
 * @param path the file below the roots that it has open; empty if its open files could not be seen, so that it may have
 *     one
 */
public record ImageUser(int pid, String program, Optional<String> path) {}
