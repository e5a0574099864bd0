package io.idagent.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command takes. */
final class CommonOptions {

    @Option(
            names = "--root",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Work on the system below DIR (a golden image, a rescue system) instead of this host.")
    Path root;

    @Option(
            names = "--output",
            paramLabel = "FORM",
            defaultValue = "text",
            scope = ScopeType.INHERIT,
            description = "The form of the answer: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    Output output;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            scope = ScopeType.INHERIT,
            description = "A setting, such as -Didagent.orphans=report; it goes before the configuration file.")
    Map<String, String> settings = new LinkedHashMap<>();
}
