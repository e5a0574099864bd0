package io.idagent.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Clients of the daemon in this network namespace, each with one probe a second, each time on a new connection, as
 * monitoring does. Beside them, if wanted, as many that send one byte a second and never end, and some that ask for what
 * does not exist. Prints "PROBES FAILED MEDIAN P99 LONGEST PROCESSOR", times in milliseconds, the last what these clients themselves
 * took of the processors, and the first failures.
 */
public final class Clients {

    private static final InetSocketAddress DAEMON = new InetSocketAddress(InetAddress.getLoopbackAddress(), 64055);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private record Probe(String request, Set<Integer> wanted) {

        static Probe get(String path, Integer... wanted) {
            return new Probe(
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", Set.of(wanted));
        }
    }

    /** Readiness is DOWN while the host is being changed: that is its answer, and no failure. */
    private static final List<Probe> PROBES = List.of(
            Probe.get("/q/health/live", 200),
            Probe.get("/q/health/ready", 200, 503),
            Probe.get("/q/metrics", 200),
            Probe.get("/status", 200));

    private static final List<Probe> NASTY = Stream.concat(
                    Stream.of(
                            Probe.get("/" + "../".repeat(20) + "etc/passwd", 400, 404),
                            Probe.get("/q/%2e%2e/%2e%2e/etc/shadow", 400, 404),
                            Probe.get("/" + "x".repeat(100_000), 400, 414),
                            Probe.get("/status HTTP/1.1\r\nX: " + "x".repeat(100_000), 400, 413, 431),
                            new Probe("nonsense\r\n\r\n", Set.of(400))),
                    Stream.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "BREW")
                            .map(method -> new Probe(
                                    method + " /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                    Set.of(400, 403, 404, 405, 501))))
            .toList();

    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final long end;

    private Clients(int seconds) {
        end = System.nanoTime() + seconds * SECOND_NANOS;
    }

    /** @param arguments clients, seconds, and "nasty" if there are to be such */
    public static void main(String[] arguments) throws InterruptedException {
        int count = Integer.parseInt(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        Clients clients = new Clients(seconds);
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.execute(() -> clients.probeEachSecond(number));
            if (arguments.length > 2) {
                threads.execute(clients::sendOneByteASecond);
            }
        }
        if (arguments.length > 2) {
            threads.execute(clients::askNastily);
        }
        threads.shutdown();
        if (!threads.awaitTermination(seconds + 60L, TimeUnit.SECONDS)) {
            throw new IllegalStateException("clients hang");
        }
        clients.report();
        System.exit(clients.failures.isEmpty() ? 0 : 1);
    }

    private void probeEachSecond(int number) {
        sleep(number % 100 * SECOND_NANOS / 100);
        for (int turn = number; System.nanoTime() < end; turn++) {
            long begun = System.nanoTime();
            check(PROBES.get(turn % PROBES.size()));
            nanos.add(System.nanoTime() - begun);
            sleep(SECOND_NANOS - (System.nanoTime() - begun));
        }
    }

    private void askNastily() {
        NASTY.forEach(this::check);
    }

    private void check(Probe probe) {
        String asked = probe.request().lines().findFirst().orElse("");
        String short40 = asked.substring(0, Math.min(40, asked.length()));
        try {
            int status = answer(probe.request());
            // To end the connection without a word is an answer to nonsense, and to none of the probes.
            if (!probe.wanted().contains(status) && (status != 0 || PROBES.contains(probe))) {
                failures.add(short40 + ": answered with " + status);
            }
        } catch (SocketTimeoutException e) {
            failures.add(short40 + ": no answer within " + TIMEOUT_MILLIS + " ms");
        } catch (SocketException e) {
            if (PROBES.contains(probe)) {
                failures.add(short40 + ": " + e);
            }
        } catch (IOException e) {
            failures.add(short40 + ": " + e);
        }
    }

    /** @return the status, 0 if the connection was ended without one */
    private static int answer(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            return answer.matches("(?s)HTTP/1\\.[01] [0-9]{3}.*") ? Integer.parseInt(answer.substring(9, 12)) : 0;
        }
    }

    /** The daemon may end the connection; it comes again. */
    private void sendOneByteASecond() {
        while (System.nanoTime() < end) {
            try (Socket socket = connect()) {
                while (System.nanoTime() < end) {
                    socket.getOutputStream().write('G');
                    sleep(SECOND_NANOS);
                }
            } catch (IOException ended) {
                sleep(SECOND_NANOS);
            }
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(DAEMON, TIMEOUT_MILLIS);
        return socket;
    }

    private static void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void report() {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "%d %d %.1f %.1f %.1f %d%n",
                sorted.length,
                failures.size(),
                rank(sorted, 0.5),
                rank(sorted, 0.99),
                rank(sorted, 1),
                processorMillis());
        failures.stream().limit(5).forEach(System.out::println);
    }

    private static long processorMillis() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis();
    }

    private static double rank(long[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1e6;
    }
}
