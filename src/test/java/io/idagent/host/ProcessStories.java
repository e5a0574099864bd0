package io.idagent.host;

import io.idagent.platform.Domain;
import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.ProcessStatus;
import io.idagent.platform.RunningProcess;
import io.idagent.platform.Uid;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Processes and domains for tests, in few words. */
final class ProcessStories {

    static final Owner OLD = new Owner(new Uid(109), new Gid(114));
    static final Owner NEW = new Owner(new Uid(64055), new Gid(64055));
    static final long KVM = 104;

    private ProcessStories() {}

    static RunningProcess process(int pid, long uid, String groups, String... arguments) {
        return process(pid, Set.of(new Uid(uid)), groups, arguments);
    }

    static RunningProcess process(int pid, Set<Uid> uids, String groups, String... arguments) {
        return new RunningProcess(
                new ProcessStatus(pid, "comm", 'S', uids.iterator().next(), uids, gids(groups), true),
                Optional.empty(),
                List.of(arguments),
                false);
    }

    static RunningProcess withExecutable(RunningProcess process, String executable) {
        return new RunningProcess(
                process.status(), Optional.of(executable), process.arguments(), process.kernelThread());
    }

    static RunningProcess kernelThread(int pid, long uid, String name) {
        Set<Uid> uids = Set.of(new Uid(uid));
        return new RunningProcess(
                new ProcessStatus(pid, name, 'S', new Uid(uid), uids, gids("0"), false),
                Optional.empty(),
                List.of(),
                true);
    }

    static RunningProcess zombie(int pid, long uid, String name) {
        Set<Uid> uids = Set.of(new Uid(uid));
        return new RunningProcess(
                new ProcessStatus(pid, name, 'Z', new Uid(uid), uids, gids("0"), false),
                Optional.empty(),
                List.of(),
                false);
    }

    static Domain active(String name, Integer pid) {
        return new Domain(
                name, "u-" + name, true, Optional.ofNullable(pid), List.of(), List.of(), Optional.empty(), false);
    }

    static Domain inactive(String name) {
        return new Domain(name, "u-" + name, false, Optional.empty(), List.of(), List.of(), Optional.empty(), false);
    }

    private static Set<Gid> gids(String groups) {
        return Arrays.stream(groups.split(" ")).map(Gid::parse).collect(Collectors.toSet());
    }
}
