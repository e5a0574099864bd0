package io.idagent.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Clients with one probe a second each, each time on a new connection, as monitoring does. All in one thread: clients are
 * elsewhere in real life, and what they take of the processors here should be little.
 */
final class Probers {

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long TIMEOUT_NANOS = 5 * SECOND_NANOS;
    private static final long CHECK_NANOS = SECOND_NANOS / 2;

    private final SocketAddress daemon;
    private final long end;
    private final Selector selector;
    private final PriorityQueue<Client> resting = new PriorityQueue<>(Comparator.comparingLong(client -> client.due));
    private final ByteBuffer answer = ByteBuffer.allocate(64 * 1024);
    private final List<Long> nanos = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int waiting;

    private static final class Client {
        private int turn;
        private long due;
        private long begun;
        private int status;
        private SocketChannel channel;

        Probe probe() {
            return Probe.OF_MONITORING.get(turn % Probe.OF_MONITORING.size());
        }
    }

    Probers(SocketAddress daemon, int clients, long end) throws IOException {
        this.daemon = daemon;
        this.end = end;
        this.selector = Selector.open();
        long now = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            Client client = new Client();
            client.turn = i;
            client.due = now + i * SECOND_NANOS / clients;
            resting.add(client);
        }
    }

    /** What each answer took. */
    List<Long> nanos() {
        return nanos;
    }

    List<String> failures() {
        return failures;
    }

    /** Until the end, and the last answer. */
    void run() throws IOException {
        long checked = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            while (!resting.isEmpty() && resting.peek().due <= now && now < end) {
                begin(resting.poll());
            }
            if (now >= end && waiting == 0) {
                return;
            }
            long next = now < end && !resting.isEmpty() ? resting.peek().due : now + CHECK_NANOS;
            selector.select(this::goOn, Math.max(1, Math.min(next - now, CHECK_NANOS) / 1_000_000));
            if (System.nanoTime() - checked > CHECK_NANOS) {
                checked = System.nanoTime();
                giveUpWhoWaitsTooLong();
            }
        }
    }

    private void begin(Client client) {
        waiting++;
        client.begun = System.nanoTime();
        client.status = 0;
        try {
            client.channel = SocketChannel.open();
            client.channel.configureBlocking(false);
            client.channel.connect(daemon);
            client.channel.register(selector, SelectionKey.OP_CONNECT, client);
        } catch (IOException e) {
            end(client, e.toString());
        }
    }

    private void goOn(SelectionKey key) {
        Client client = (Client) key.attachment();
        try {
            if (key.isConnectable()) {
                client.channel.finishConnect();
                client.channel.write(ByteBuffer.wrap(client.probe().request()));
                key.interestOps(SelectionKey.OP_READ);
            } else if (hasEnded(client)) {
                boolean isWanted = client.probe().wanted().contains(client.status);
                end(client, isWanted ? "" : "answered with " + client.status);
            }
        } catch (IOException e) {
            end(client, e.toString());
        }
    }

    private boolean hasEnded(Client client) throws IOException {
        answer.clear();
        int length = client.channel.read(answer);
        if (length > 0 && client.status == 0) {
            client.status = Probe.status(answer.array(), length);
        }
        return length < 0;
    }

    /** @param failure empty if there is none */
    private void end(Client client, String failure) {
        if (!failure.isEmpty()) {
            failures.add(client.probe() + ": " + failure);
        }
        nanos.add(System.nanoTime() - client.begun);
        try {
            client.channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        waiting--;
        client.turn++;
        client.due = Math.max(client.due + SECOND_NANOS, System.nanoTime());
        resting.add(client);
    }

    private void giveUpWhoWaitsTooLong() {
        for (SelectionKey key : List.copyOf(selector.keys())) {
            Client client = (Client) key.attachment();
            if (key.isValid() && System.nanoTime() - client.begun > TIMEOUT_NANOS) {
                end(client, "no answer within " + TIMEOUT_NANOS / SECOND_NANOS + " s");
            }
        }
    }
}
