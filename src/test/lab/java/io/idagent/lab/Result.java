package io.idagent.lab;

import java.util.List;

/** How a command ended, and what it said. */
public record Result(List<String> command, int exitCode, String out, String err) {

    public boolean succeeded() {
        return exitCode == 0;
    }

    public Result mustSucceed() {
        if (!succeeded()) {
            throw new AssertionError(
                    "%s%nended with %d%n%s%s".formatted(String.join(" ", command), exitCode, out, err));
        }
        return this;
    }
}
