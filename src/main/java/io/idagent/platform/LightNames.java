package io.idagent.platform;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The same answers as {@link NameService}, for a process that asks all its life and must stay small: by JNA's direct calls,
 * without the 24 MiB that jnr-ffi takes. Who decides by names what is changed asks {@link NameService}, which also finds
 * outages that glibc hides.
 */
public final class LightNames implements Names {

    private final NssEntry entry = new NssEntry();

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return ask("the user with uid " + uid, call -> call.user(uid), NssEntry::name);
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return ask("the group with gid " + gid, call -> call.group(gid), NssEntry::name);
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        return ask(
                "user " + name,
                call -> call.user(name),
                found -> new UserEntry(found.name(), found.uid(), found.gidOfUser(), found.home()));
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        return ask(
                "group " + name, call -> call.group(name), found -> new GroupEntry(found.name(), found.gidOfGroup()));
    }

    private synchronized <R> Optional<R> ask(
            String what, ToIntFunction<NssEntry> question, Function<NssEntry, R> reading) throws NameServiceException {
        int errno = question.applyAsInt(entry);
        if (errno != 0) {
            throw new NameServiceException("The name services could not say who " + what + " is: error " + errno
                    + ". See the services for passwd and group in /etc/nsswitch.conf.");
        }
        return entry.isFound() ? Optional.of(reading.apply(entry)) : Optional.empty();
    }
}
