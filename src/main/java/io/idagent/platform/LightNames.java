package io.idagent.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The same answers as {@link NameService}, for a process that asks all its life and must stay small: by JNA's direct calls,
 * without the 24 MiB that jnr-ffi takes. Where others than this host's own files are asked, {@link DirectoryServices} does.
 */
public final class LightNames implements Names {

    private final NssEntry entry = new NssEntry();
    private final Names files = LocalAccounts.in(Path.of("/etc"));
    private final DirectoryServices directories;

    /** @param limit how long is waited for a service that asks somebody else */
    public LightNames(Duration limit) {
        this(NsswitchConf.FILE, limit, Optional.empty());
    }

    LightNames(Path configuration, Duration limit, Optional<Sssd> sssd) {
        this.directories = new DirectoryServices(configuration, limit, sssd);
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return ask("passwd", call -> call.user(uid), NssEntry::name, () -> files.userName(uid));
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return ask("group", call -> call.group(gid), NssEntry::name, () -> files.groupName(gid));
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        return ask(
                "passwd",
                call -> call.user(name),
                found -> new UserEntry(found.name(), found.uid(), found.gidOfUser(), found.home()),
                () -> files.user(name));
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        return ask(
                "group",
                call -> call.group(name),
                found -> new GroupEntry(found.name(), found.gidOfGroup()),
                () -> files.group(name));
    }

    @Override
    public List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        return directories.failing(uid, gid);
    }

    /** Who has the number by the services other than the account files: an entry in those hides theirs. */
    synchronized Optional<String> userNameBesideFiles(Uid uid) throws NameServiceException {
        return directories.askBesideFiles("passwd", call -> call.user(uid), NssEntry::name);
    }

    synchronized Optional<String> groupNameBesideFiles(Gid gid) throws NameServiceException {
        return directories.askBesideFiles("group", call -> call.group(gid), NssEntry::name);
    }

    /** Whether others than this host's own files are asked. */
    boolean askOthers(String database) throws NameServiceException {
        return directories.areAsked(database);
    }

    private synchronized <R> Optional<R> ask(
            String database,
            ToIntFunction<NssEntry> question,
            Function<NssEntry, R> reading,
            DirectoryServices.Files<R> inFiles)
            throws NameServiceException {
        if (directories.areAsked(database)) {
            return directories.ask(database, question, reading, inFiles);
        }
        int errno = question.applyAsInt(entry);
        if (errno != 0) {
            throw new NameServiceException("The name services could not answer for " + database + ": error " + errno
                    + ". See /etc/nsswitch.conf.");
        }
        return entry.isFound() ? Optional.of(reading.apply(entry)) : Optional.empty();
    }
}
