package io.idagent.platform;

/** A source of names could not answer. Its message says which question was asked, and what the system answered. */
public class NameServiceException extends Exception {

    private static final long serialVersionUID = 1L;

    public NameServiceException(String message) {
        super(message);
    }

    public NameServiceException(String message, Throwable cause) {
        super(message, cause);
    }
}
