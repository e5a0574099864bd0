package io.idagent.platform;

import java.time.Duration;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/**
 * The libvirt of either side over connections that may change things, one for each action.
 *
 * @param limit for a single question; migrations and saving take as long as they take
 */
public record WritableLibvirt(Duration limit) {

    interface Action<T> {
        T on(Connect connection) throws Exception;
    }

    <T> T on(String uri, Action<T> action) throws LibvirtUnavailableException {
        try {
            Connect.setErrorCallback(LibvirtConversation.SILENCE);
            Connect connection = new Connect(MigrationSides.withoutTerminal(uri));
            try {
                return action.on(connection);
            } finally {
                connection.close();
            }
        } catch (LibvirtException e) {
            throw new LibvirtUnavailableException("libvirt at " + uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(uri, e);
        } catch (Exception e) {
            throw new LibvirtUnavailableException("libvirt at " + uri + " answers nonsense: " + e, e);
        }
    }

    /** The same within the limit: an ssh whose other end is gone waits for minutes. */
    <T> T soon(String uri, Action<T> action) throws LibvirtUnavailableException {
        try {
            return new Libvirt(uri, limit).ask(() -> on(uri, action));
        } catch (InterruptedException e) {
            throw interrupted(uri, e);
        }
    }

    static LibvirtUnavailableException interrupted(String uri, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new LibvirtUnavailableException("libvirt at " + uri + ": interrupted", e);
    }
}
