package io.idagent.host;

import java.util.Optional;

/**
 * A defined domain that starts today and would not after the conversion.
 *
 * @param file the file out of reach; empty if the definition itself is the reason
 * @param why a sentence
 * @param whatToDo a sentence
 */
public record UnstartableGuest(String name, Optional<String> file, String why, String whatToDo) {}
