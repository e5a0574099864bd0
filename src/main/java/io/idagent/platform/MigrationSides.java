package io.idagent.platform;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks the libvirt of either side of a migration, within a time limit. Changes nothing. */
public final class MigrationSides {

    private final Duration limit;

    public MigrationSides(Duration limit) {
        this.limit = limit;
    }

    /** @throws LibvirtUnavailableException if it cannot be reached, wants a password, or does not answer in time */
    public LibvirtSide ask(String uri) throws LibvirtUnavailableException, InterruptedException {
        return new Libvirt(uri, limit).ask(() -> new SideConversation(withoutTerminal(uri)).side(uri));
    }

    /** @return for each question what the host lacks, in libvirt's words; empty: nothing */
    public List<Optional<String>> compare(String uri, List<CpuQuestion> questions)
            throws LibvirtUnavailableException, InterruptedException {
        return new Libvirt(uri, limit).ask(() -> new SideConversation(withoutTerminal(uri)).compare(questions));
    }

    /** Nobody may be there to type a password: ssh is to fail instead of asking. */
    public static String withoutTerminal(String uri) {
        if (!uri.contains("+ssh:") || uri.contains("no_tty=")) {
            return uri;
        }
        return uri + (uri.contains("?") ? "&" : "?") + "no_tty=1";
    }
}
