package io.idagent.host;

/** Looks at a host and tells what it has seen. It changes nothing. */
public interface HostInspector {

    /** How thoroughly is looked. */
    enum Depth {
        /** All but the files: quick, and enough to know whether a guest is in the way. */
        WITHOUT_FILES,
        /** The roots are searched as well. */
        WITH_FILES,
        /** And where a former number is reserved, all local file systems for it: it may be free to go. */
        EVERYWHERE
    }

    HostSnapshot inspect(Depth depth) throws InterruptedException;
}
