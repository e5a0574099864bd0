package io.idagent.platform;

/** The service manager could not do, or could not tell, what was asked. The message says what it answered. */
public class ServiceException extends Exception {

    private static final long serialVersionUID = 1L;

    public ServiceException(String message) {
        super(message);
    }

    public ServiceException(String message, Throwable cause) {
        super(message, cause);
    }
}
