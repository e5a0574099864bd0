package io.idagent.platform;

import com.kenai.jffi.Library;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;

/**
 * The host's users and groups, as every other program sees them: through the name service switch of glibc.
 *
 * <p>glibc sets errno to 0 exactly when all services say "there is no such name"; any other value behind an empty answer
 * means that a service could not answer ({@code getpwnam_r} in nss/getXXbyYY_r.c; the manual page lists ENOENT as "not
 * found", but glibc gives it for a directory that is down). Even so an outage stays hidden when a service that comes
 * later in the line answers; {@link #failingServices} finds it.
 *
 * <p>All instances share one lock: the answers lie in buffers of the C library, and so does the configuration that
 * {@link #failingServices} changes for a moment.
 */
public final class NameService implements Names {

    /** glibc's own interface for choosing services, {@code nss.h}; public, because jnr-ffi asks for that. */
    public interface NssLibrary {
        int __nss_configure_lookup(String database, String line);
    }

    private static final Path CONFIGURATION = Path.of("/etc/nsswitch.conf");

    /** They read files of this host, or ask systemd, which makes names up itself: they have no outage to hide. */
    private static final Set<String> LOCAL_SERVICES = Set.of("files", "compat", "systemd", "myhostname");

    private static final Object LOCK = new Object();

    private final POSIX posix = POSIXFactory.getNativePOSIX();
    private final Path configuration;

    public NameService() {
        this(CONFIGURATION);
    }

    NameService(Path configuration) {
        this.configuration = configuration;
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return ask("the user with uid " + uid, () -> posix.getpwuid(uid.bits()), Passwd::getLoginName);
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return ask("the group with gid " + gid, () -> posix.getgrgid(gid.bits()), Group::getName);
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        checkName(name);
        return ask(
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
        return ask(
                "group " + name,
                () -> posix.getgrnam(name),
                found -> new GroupEntry(found.getName(), Gid.ofBits((int) found.getGID())));
    }

    /**
     * Asks each service that could hide an outage alone, and puts the configured line back.
     *
     * <p>Each is asked for the very numbers whose absence is to be believed. A service that is configured but not
     * installed counts as failing: glibc says "not found" for it, and that is not known. One call takes as long as the
     * services take: a directory that is down, 10 s each.
     *
     * @return a sentence for each service that cannot answer; empty if "not found" may be believed
     * @throws NameServiceException if nsswitch.conf cannot be read, or the configured services not be put back
     */
    public List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        String file = readConfiguration();
        List<String> failing = new ArrayList<>();
        synchronized (LOCK) {
            askAlone("passwd", file, failing, () -> posix.getpwuid(uid.bits()) == null ? posix.errno() : 0);
            askAlone("group", file, failing, () -> posix.getgrgid(gid.bits()) == null ? posix.errno() : 0);
        }
        return failing;
    }

    private static void askAlone(String database, String file, List<String> failing, IntSupplier question)
            throws NameServiceException {
        Optional<NsswitchConf> configured = NsswitchConf.of(database, file);
        if (configured.isEmpty()) {
            return;
        }
        NssLibrary nss = Nss.LIBRARY;
        for (String service : configured.get().services()) {
            if (LOCAL_SERVICES.contains(service)) {
                continue;
            }
            String module = "libnss_" + service + ".so.2";
            if (Library.openLibrary(module, Library.LAZY) == null) {
                failing.add(
                        "Name service '" + service + "' stands in nsswitch.conf for " + database + ", but its module "
                                + module + " cannot be loaded: install it, or take it out of nsswitch.conf.");
                continue;
            }
            int answer;
            try {
                configure(nss, database, service);
                answer = question.getAsInt();
            } finally {
                configure(nss, database, configured.get().line());
            }
            if (answer != 0) {
                failing.add(
                        "Name service '" + service + "' cannot answer for " + database + ": " + describe(answer) + ".");
            }
        }
    }

    /** The line must not be empty: glibc 2.36 then reads through a null pointer at the next lookup. */
    private static void configure(NssLibrary nss, String database, String line) throws NameServiceException {
        if (line.isBlank() || nss.__nss_configure_lookup(database, line) != 0) {
            throw new NameServiceException("The C library did not take '" + line + "' as the services for " + database
                    + " (__nss_configure_lookup): its answers about names cannot be trusted from here on.");
        }
    }

    private String readConfiguration() throws NameServiceException {
        try {
            return new String(Files.readAllBytes(configuration), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException none) {
            // glibc then asks the local files only.
            return "";
        } catch (IOException e) {
            throw new NameServiceException(
                    "Cannot read " + configuration + ", so it is not known which name services there are: " + e, e);
        }
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

    /** Loaded by the first {@link #failingServices} only: it costs some milliseconds. */
    private static final class Nss {
        static final NssLibrary LIBRARY = LibraryLoader.create(NssLibrary.class).load("c");
    }
}
