package io.idagent.cli;

/** The form of the answer. */
enum Output {
    text,
    json
}
