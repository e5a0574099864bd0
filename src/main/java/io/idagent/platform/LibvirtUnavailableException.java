package io.idagent.platform;

/** libvirt could not be asked. Its message says what was asked, and what libvirt said. */
public class LibvirtUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean notInstalled;

    public LibvirtUnavailableException(String message, Throwable cause) {
        this(message, cause, false);
    }

    LibvirtUnavailableException(String message, Throwable cause, boolean notInstalled) {
        super(message, cause);
        this.notInstalled = notInstalled;
    }

    /** Whether libvirt's library is not on this host at all. */
    public boolean isNotInstalled() {
        return notInstalled;
    }
}
