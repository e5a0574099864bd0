package io.idagent.conversion;

/** A step could not be done. The message says what was tried, on what, and what the system answered. */
class StepException extends Exception {

    private static final long serialVersionUID = 1L;

    StepException(String message) {
        super(message);
    }

    /** Not a failure: something forbids the conversion now. */
    static final class Blocked extends StepException {
        private static final long serialVersionUID = 1L;

        Blocked(String message) {
            super(message);
        }
    }
}
