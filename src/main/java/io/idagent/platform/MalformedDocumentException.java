package io.idagent.platform;

/** A document that libvirt gave is not what its format says. The message says which document, and what is wrong. */
public class MalformedDocumentException extends Exception {

    private static final long serialVersionUID = 1L;

    public MalformedDocumentException(String message) {
        super(message);
    }

    public MalformedDocumentException(String message, Throwable cause) {
        super(message, cause);
    }
}
