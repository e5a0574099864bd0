package io.idagent.platform;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The host's users and groups, as every other program sees them: through the name service switch of glibc.
 *
 * <p>glibc gives error number 0 exactly when all services say "there is no such name"; any other value behind an empty answer
 * means that a service could not answer ({@code getpwnam_r} in nss/getXXbyYY_r.c; the manual page lists ENOENT as "not
 * found", but glibc gives it for a directory that is down). Where a service asks somebody else, a directory for one, it may be
 * slow, and another may hide its outage: {@link DirectoryServices} asks those.
 */
public final class NameService implements Names {

    private final NssEntry entry = new NssEntry();
    private final Names files = LocalAccounts.in(Path.of("/etc"));
    private final DirectoryServices directories;

    /**
     * @param limit how long is waited for a service that asks somebody else
     * @param asRoot whether sssd will tell us if it is offline
     */
    public NameService(Duration limit, boolean asRoot) {
        this(NsswitchConf.FILE, limit, asRoot);
    }

    NameService(Path configuration, Duration limit, boolean asRoot) {
        this.directories =
                new DirectoryServices(configuration, limit, asRoot ? Optional.of(new Sssd(limit)) : Optional.empty());
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return ask(
                "passwd",
                "the user with uid " + uid,
                call -> call.user(uid),
                NssEntry::name,
                () -> files.userName(uid));
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return ask(
                "group",
                "the group with gid " + gid,
                call -> call.group(gid),
                NssEntry::name,
                () -> files.groupName(gid));
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        checkName(name);
        return ask(
                "passwd",
                "user " + name,
                call -> call.user(name),
                found -> new UserEntry(found.name(), found.uid(), found.gidOfUser(), found.home()),
                () -> files.user(name));
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        checkName(name);
        return ask(
                "group",
                "group " + name,
                call -> call.group(name),
                found -> new GroupEntry(found.name(), found.gidOfGroup()),
                () -> files.group(name));
    }

    @Override
    public List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        return directories.failing(uid, gid);
    }

    /**
     * Who has the number by the services other than the local files: an entry in those hides theirs.
     *
     * @throws NameServiceException if one of them cannot answer
     */
    public synchronized Optional<String> userNameBesideFiles(Uid uid) throws NameServiceException {
        return directories.askBesideFiles("passwd", call -> call.user(uid), NssEntry::name);
    }

    /** As {@link #userNameBesideFiles}. */
    public synchronized Optional<String> groupNameBesideFiles(Gid gid) throws NameServiceException {
        return directories.askBesideFiles("group", call -> call.group(gid), NssEntry::name);
    }

    private synchronized <R> Optional<R> ask(
            String database,
            String who,
            ToIntFunction<NssEntry> question,
            Function<NssEntry, R> reading,
            DirectoryServices.Files<R> inFiles)
            throws NameServiceException {
        if (directories.areAsked(database)) {
            return directories.ask(database, question, reading, inFiles);
        }
        int errno = question.applyAsInt(entry);
        if (errno != 0) {
            throw new NameServiceException("The name services could not say who " + who + " is: " + Errno.text(errno)
                    + ". See the services for " + database + " in /etc/nsswitch.conf.");
        }
        return entry.isFound() ? Optional.of(reading.apply(entry)) : Optional.empty();
    }

    /** C would ask for what stands before a NUL, and an encoder writes a question mark for what no file can hold. */
    private static void checkName(String name) throws NameServiceException {
        if (name.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new NameServiceException("No account can have the name '" + Printable.line(name)
                    + "': it holds a NUL, or half a character.");
        }
    }
}
