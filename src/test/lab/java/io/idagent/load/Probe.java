package io.idagent.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Set;

/** A request, and the codes of which one is its answer. */
record Probe(byte[] request, Set<Integer> wanted) {

    private static final int LINE_SHOWN = 40;

    /** Readiness is DOWN while the host is being changed: that is its answer, and no failure. */
    static final List<Probe> OF_MONITORING = List.of(
            get("/q/health/live", 200), get("/q/health/ready", 200, 503), get("/q/metrics", 200), get("/status", 200));

    static Probe get(String path, Integer... wanted) {
        return of("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", wanted);
    }

    static Probe of(String request, Integer... wanted) {
        return new Probe(request.getBytes(ISO_8859_1), Set.of(wanted));
    }

    /** @return 0 if there is no status in what came */
    static int status(byte[] answer, int length) {
        String start = new String(answer, 0, Math.min(length, 12), ISO_8859_1);
        boolean isOne = start.length() == 12 && start.startsWith("HTTP/1.");
        return isOne ? Integer.parseInt(start.substring(9)) : 0;
    }

    @Override
    public String toString() {
        String line = new String(request, ISO_8859_1).lines().findFirst().orElse("");
        return line.substring(0, Math.min(LINE_SHOWN, line.length()));
    }
}
