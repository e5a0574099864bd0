package io.idagent.platform;

import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Asks name services of which some ask somebody else: LDAP by nslcd or sssd, for instance. Those can be down, and silent.
 *
 * <p>glibc says so by an error number behind an empty answer; but where a service that comes later in the line answers, as
 * in {@code files ldap systemd}, the outage is hidden and the answer is "there is none". So that is believed only when each
 * of these services, asked alone, says the same ({@code __nss_configure_lookup} in nss.h).
 *
 * <p>Nobody waits longer than the limit. After a failure nothing is asked but the account files, until the limit has passed
 * once more and the question that was given up has come back: each further one would take as long.
 */
final class DirectoryServices {

    /** Which services are asked is set for the whole process: one question after the other, whoever asks. */
    private static final Object PROCESS = new Object();

    /** Databases whose line glibc reads from its file no longer, because it was set here. */
    private static final Set<String> SET_HERE = new HashSet<>();

    private static final NativeFunction CONFIGURE_LOOKUP = NativeFunction.named("__nss_configure_lookup");

    private final Path configuration;
    private final Duration limit;
    private final Optional<Sssd> sssd;
    private Thread lastAsked = new Thread();
    private String failure = "";
    private long failedAt;

    /** @param sssd who knows whether its "no" is one; empty where only root is told, and we are not root */
    DirectoryServices(Path configuration, Duration limit, Optional<Sssd> sssd) {
        this.configuration = configuration;
        this.limit = limit;
        this.sssd = sssd;
    }

    /** What the account files themselves say. */
    interface Files<T> {
        Optional<T> answer() throws NameServiceException;
    }

    private interface Work<T> {
        T with(Services services) throws NameServiceException;
    }

    /** Whether a question about this database can reach such a service. */
    boolean areAsked(String database) throws NameServiceException {
        synchronized (PROCESS) {
            return SET_HERE.contains(database)
                    || !NsswitchConf.read(configuration, database).remote().isEmpty();
        }
    }

    /**
     * @param question to which the answer is an error number, and an entry or none
     * @throws NameServiceException if a service cannot answer, or does not within the limit
     */
    <T> Optional<T> ask(
            String database, ToIntFunction<NssEntry> question, Function<NssEntry, T> reading, Files<T> files)
            throws NameServiceException {
        synchronized (PROCESS) {
            NsswitchConf line = NsswitchConf.read(configuration, database);
            if (isSilent()) {
                Optional<T> local = line.beginsWithFiles() ? files.answer() : Optional.empty();
                if (local.isEmpty()) {
                    throw new NameServiceException(failure);
                }
                return local;
            }
            return within(database, line, line.remote(), services -> {
                NssEntry entry = new NssEntry();
                services.askAll(question, entry);
                for (String service : line.remote()) {
                    if (!entry.isFound()) {
                        services.askAlone(service, question, entry);
                    }
                }
                return entry.isFound() ? Optional.of(reading.apply(entry)) : Optional.empty();
            });
        }
    }

    /**
     * The same, but for the account files, whose entry hides what the others say.
     *
     * @throws NameServiceException as above
     */
    <T> Optional<T> askBesideFiles(String database, ToIntFunction<NssEntry> question, Function<NssEntry, T> reading)
            throws NameServiceException {
        synchronized (PROCESS) {
            NsswitchConf line = NsswitchConf.read(configuration, database);
            List<String> others = line.besideFiles();
            if (others.isEmpty()) {
                return Optional.empty();
            }
            if (isSilent()) {
                throw new NameServiceException(failure);
            }
            return within(database, line, others, services -> {
                NssEntry entry = new NssEntry();
                for (String service : others) {
                    if (!entry.isFound()) {
                        services.askAlone(service, question, entry);
                    }
                }
                return entry.isFound() ? Optional.of(reading.apply(entry)) : Optional.empty();
            });
        }
    }

    /** @return a sentence for each service that cannot answer about these numbers; empty if "not found" may be believed */
    List<String> failing(Uid uid, Gid gid) throws NameServiceException {
        synchronized (PROCESS) {
            List<String> failing = new ArrayList<>();
            failing("passwd", entry -> entry.user(uid), failing);
            failing("group", entry -> entry.group(gid), failing);
            return failing;
        }
    }

    private void failing(String database, ToIntFunction<NssEntry> question, List<String> failing)
            throws NameServiceException {
        NsswitchConf line = NsswitchConf.read(configuration, database);
        if (isSilent()) {
            if (!line.remote().isEmpty() && !failing.contains(failure)) {
                failing.add(failure);
            }
            return;
        }
        for (String service : line.remote()) {
            try {
                within(
                        database,
                        line,
                        List.of(service),
                        services -> services.askAlone(service, question, new NssEntry()));
            } catch (NameServiceException e) {
                failing.add(e.getMessage());
            }
        }
    }

    private boolean isSilent() {
        return !failure.isEmpty() && (lastAsked.isAlive() || System.nanoTime() - failedAt < limit.toNanos());
    }

    /** Does the work on a thread of its own, which is left behind when it takes too long: nothing can call it back. */
    private <T> T within(String database, NsswitchConf line, List<String> asked, Work<T> work)
            throws NameServiceException {
        Services services = new Services(database, line);
        FutureTask<T> task = new FutureTask<>(() -> work.with(services));
        Thread thread = new Thread(task, "name services");
        thread.setDaemon(true);
        thread.start();
        lastAsked = thread;
        try {
            T answer = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            failure = "";
            return answer;
        } catch (TimeoutException e) {
            services.giveUp();
            throw failed("Name service '" + String.join("' or '", asked) + "' has not answered for "
                    + limit.toMillis() / 1000.0 + " s.");
        } catch (InterruptedException e) {
            services.giveUp();
            Thread.currentThread().interrupt();
            throw new NameServiceException("The question to the name services was interrupted.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NameServiceException) {
                throw failed(e.getCause().getMessage());
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private NameServiceException failed(String sentence) {
        failure = sentence;
        failedAt = System.nanoTime();
        return new NameServiceException(sentence);
    }

    /** The services of one database, as this process asks them at the moment. */
    private final class Services {

        private final String database;
        private final NsswitchConf line;
        private boolean givenUp;

        Services(String database, NsswitchConf line) {
            this.database = database;
            this.line = line;
        }

        void askAll(ToIntFunction<NssEntry> question, NssEntry entry) throws NameServiceException {
            choose(line.line());
            check(question.applyAsInt(entry), line.remote());
        }

        /** @return the same service */
        String askAlone(String service, ToIntFunction<NssEntry> question, NssEntry entry) throws NameServiceException {
            String module = "libnss_" + service + ".so.2";
            if (!NativeFunction.canLoad(module)) {
                if (!line.remote().contains(service)) {
                    return service; // systemd may stand there, as Debian has it, without being installed
                }
                // glibc says "not found" for it, and that is not known.
                throw new NameServiceException("Name service '" + service + "' stands in nsswitch.conf for " + database
                        + ", but its module " + module
                        + " cannot be loaded: install it, or take it out of nsswitch.conf.");
            }
            try {
                choose(service);
                check(question.applyAsInt(entry), List.of(service));
            } finally {
                choose(line.line());
            }
            if (service.equals("sss") && !entry.isFound() && sssd.isPresent()) {
                sssd.get().mustBeOnline();
            }
            return service;
        }

        private void check(int answer, List<String> asked) throws NameServiceException {
            if (answer != 0) {
                throw new NameServiceException("Name service '" + String.join("' or '", asked) + "' cannot answer for "
                        + database + ": " + Errno.name(answer) + " (" + Errno.sentence(answer) + ").");
            }
        }

        /** Others are asking by now: whoever comes back too late changes nothing. */
        synchronized void giveUp() throws NameServiceException {
            choose(line.line());
            givenUp = true;
        }

        /** The line is never empty: glibc 2.36 would read through a null pointer at the next lookup. */
        private synchronized void choose(String services) throws NameServiceException {
            if (givenUp) {
                return;
            }
            SET_HERE.add(database);
            if (configureLookup(services) != 0) {
                throw new NameServiceException(
                        "The C library did not take '" + services + "' as the services for " + database
                                + " (__nss_configure_lookup): its answers about names cannot be trusted from here on.");
            }
        }

        private int configureLookup(String services) {
            NativeMemory name = NativeMemory.text(database);
            NativeMemory asked = NativeMemory.text(services);
            int answer = (int) CONFIGURE_LOOKUP.call(name.address(), asked.address());
            Reference.reachabilityFence(name);
            Reference.reachabilityFence(asked);
            return answer;
        }
    }
}
