package io.idagent.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Clients of the daemon in this network namespace, each with one probe a second ({@link Probers}). Beside them, if wanted, as
 * many that send one byte a second and never end, and some that ask for what does not exist. Prints "PROBES FAILED MEDIAN P99
 * LONGEST PROCESSOR", times in milliseconds, the last what these clients themselves took of the processors, and the first
 * failures.
 */
public final class Clients {

    private static final InetSocketAddress DAEMON = new InetSocketAddress(InetAddress.getLoopbackAddress(), 64055);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private static final List<Probe> NASTY = Stream.concat(
                    Stream.of(
                            Probe.get("/" + "../".repeat(20) + "etc/passwd", 400, 404),
                            Probe.get("/q/%2e%2e/%2e%2e/etc/shadow", 400, 404),
                            Probe.get("/" + "x".repeat(100_000), 400, 414),
                            Probe.get("/status HTTP/1.1\r\nX: " + "x".repeat(100_000), 400, 413, 431),
                            Probe.of("nonsense\r\n\r\n", 400)),
                    Stream.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "BREW")
                            .map(method -> Probe.of(
                                    method + " /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                                    400,
                                    403,
                                    404,
                                    405,
                                    501)))
            .toList();

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final long end;

    private Clients(long end) {
        this.end = end;
    }

    /** @param arguments clients, seconds, and "nasty" if there are to be such */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int count = Integer.parseInt(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        long end = System.nanoTime() + seconds * SECOND_NANOS;
        Clients nasty = new Clients(end);
        ExecutorService threads = Executors.newCachedThreadPool();
        if (arguments.length > 2) {
            for (int i = 0; i < count; i++) {
                threads.execute(nasty::sendOneByteASecond);
            }
            threads.execute(nasty::askNastily);
        }
        Probers probers = new Probers(DAEMON, count, end);
        probers.run();
        threads.shutdown();
        if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("clients hang");
        }
        List<String> failures = Stream.concat(probers.failures().stream(), nasty.failures.stream())
                .toList();
        report(probers.nanos(), failures);
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private void askNastily() {
        for (Probe probe : NASTY) {
            try {
                int status = answer(probe);
                // To end the connection without a word is an answer to nonsense.
                if (status != 0 && !probe.wanted().contains(status)) {
                    failures.add(probe + ": answered with " + status);
                }
            } catch (SocketTimeoutException e) {
                failures.add(probe + ": no answer within " + TIMEOUT_MILLIS + " ms");
            } catch (SocketException ended) {
                continue;
            } catch (IOException e) {
                failures.add(probe + ": " + e);
            }
        }
    }

    /** @return the status, 0 if the connection was ended without one */
    private static int answer(Probe probe) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(probe.request());
            byte[] answer = socket.getInputStream().readAllBytes();
            return Probe.status(answer, answer.length);
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

    private static void report(List<Long> nanos, List<String> failures) {
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
