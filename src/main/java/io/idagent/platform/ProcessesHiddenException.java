package io.idagent.platform;

/** Not all processes of this host can be seen. Its message says why. */
public class ProcessesHiddenException extends Exception {

    private static final long serialVersionUID = 1L;

    public ProcessesHiddenException(String message) {
        super(message);
    }

    public ProcessesHiddenException(String message, Throwable cause) {
        super(message, cause);
    }
}
