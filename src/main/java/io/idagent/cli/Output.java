package io.idagent.cli;

/** The form of the answer. */
enum Output {
    text,
    json,
    /** Of status only: for the textfile collector of node_exporter. */
    prometheus
}
