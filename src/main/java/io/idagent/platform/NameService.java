package io.idagent.platform;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jnr.constants.platform.Errno;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * The host's users and groups, as every other program sees them: through the name service switch of glibc.
 *
 * <p>glibc sets errno to 0 exactly when all services say "there is no such name"; any other value behind an empty answer
 * means that a service could not answer ({@code getpwnam_r} in nss/getXXbyYY_r.c; the manual page lists ENOENT as "not
 * found", but glibc gives it for a directory that is down).
 *
 * <p>All instances share one lock: the answers lie in buffers of the C library. For the same reason a call that hangs would
 * hold up all others, so where a service asks somebody else, a directory for one, {@link LightNames} does it.
 */
public final class NameService implements Names {

    private static final Object LOCK = new Object();

    private final POSIX posix = POSIXFactory.getNativePOSIX();
    private final LightNames directories;

    /**
     * @param limit how long is waited for a service that asks somebody else
     * @param asRoot whether sssd will tell us if it is offline
     */
    public NameService(Duration limit, boolean asRoot) {
        this(NsswitchConf.FILE, limit, asRoot);
    }

    NameService(Path configuration, Duration limit, boolean asRoot) {
        this.directories =
                new LightNames(configuration, limit, asRoot ? Optional.of(new Sssd(limit)) : Optional.empty());
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return directories.askOthers("passwd")
                ? directories.userName(uid)
                : ask("the user with uid " + uid, () -> posix.getpwuid(uid.bits()), Passwd::getLoginName);
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return directories.askOthers("group")
                ? directories.groupName(gid)
                : ask("the group with gid " + gid, () -> posix.getgrgid(gid.bits()), Group::getName);
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        checkName(name);
        return directories.askOthers("passwd")
                ? directories.user(name)
                : ask(
                        "user " + name,
                        () -> posix.getpwnam(name),
                        found -> new UserEntry(
                                found.getLoginName(),
                                Uid.ofBits((int) found.getUID()),
                                Gid.ofBits((int) found.getGID()),
                                found.getHome()));
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        checkName(name);
        return directories.askOthers("group")
                ? directories.group(name)
                : ask(
                        "group " + name,
                        () -> posix.getgrnam(name),
                        found -> new GroupEntry(found.getName(), Gid.ofBits((int) found.getGID())));
    }

    @Override
    public List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        return directories.failingServices(uid, gid);
    }

    /**
     * Who has the number by the services other than the local files: an entry in those hides theirs.
     *
     * @throws NameServiceException if one of them cannot answer
     */
    public Optional<String> userNameBesideFiles(Uid uid) throws NameServiceException {
        return directories.userNameBesideFiles(uid);
    }

    /** As {@link #userNameBesideFiles}. */
    public Optional<String> groupNameBesideFiles(Gid gid) throws NameServiceException {
        return directories.groupNameBesideFiles(gid);
    }

    private interface Reading<T, R> {
        R of(T entry);
    }

    private <T, R> Optional<R> ask(String what, Supplier<T> question, Reading<T, R> reading)
            throws NameServiceException {
        synchronized (LOCK) {
            posix.errno(0);
            T entry = question.get();
            if (entry != null) {
                return Optional.of(reading.of(entry));
            }
            int errno = posix.errno();
            if (errno == 0) {
                return Optional.empty();
            }
            throw new NameServiceException("The name services could not say who " + what + " is: " + describe(errno)
                    + ". See the services for passwd and group in /etc/nsswitch.conf.");
        }
    }

    /** jnr-posix encodes names in the JVM's default character set, and would ask for "j??rg" instead of failing. */
    private static void checkName(String name) throws NameServiceException {
        if (name.indexOf('\0') >= 0 || !Charset.defaultCharset().newEncoder().canEncode(name)) {
            throw new NameServiceException("The name '" + name + "' cannot be written in the character set "
                    + Charset.defaultCharset() + ": start Java with -Dfile.encoding=UTF-8.");
        }
    }

    private static String describe(int errno) {
        Errno known = Errno.valueOf(errno);
        return known == Errno.__UNKNOWN_CONSTANT__ ? "error " + errno : known.name() + " (" + known.description() + ")";
    }
}
