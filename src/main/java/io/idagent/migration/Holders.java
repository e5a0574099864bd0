package io.idagent.migration;

import io.idagent.platform.ProcessTable;
import io.idagent.platform.ProcessesHiddenException;
import io.idagent.platform.RunningProcess;
import java.util.Optional;

/** Says which process of this host has a file open: a lock on an image tells only that somebody has, here or elsewhere. */
@FunctionalInterface
public interface Holders {

    /** @return empty: none has */
    Optional<String> of(String path);

    static Holders among(ProcessTable processes) {
        return path -> {
            try {
                for (RunningProcess process : processes.read()) {
                    if (processes
                            .openFiles(process.pid())
                            .filter(files -> files.contains(path))
                            .isPresent()) {
                        return Optional.of(process.program() + " (process " + process.pid() + ")");
                    }
                }
                return Optional.empty();
            } catch (ProcessesHiddenException e) {
                return Optional.of("a process that cannot be seen: " + e.getMessage());
            }
        };
    }
}
