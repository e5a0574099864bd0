package io.idagent.crash;

import io.idagent.lab.Result;
import java.util.List;

/** A system that is converted, hurt while it is, and looked at afterwards. */
interface World extends AutoCloseable {

    String name();

    /** Makes it an old host without a past, or one whose only past is its conversion. */
    void reset(boolean converted) throws Exception;

    /** Runs the program, behind the words that start it: none, or strace with what it is to do. */
    Result agent(List<String> before, String... arguments) throws Exception;

    /** A file that strace may write, as seen from here after the run. */
    String readTrace() throws Exception;

    String traceFile();

    /** What was not yet on the disk is gone. The program must have ended, and not by itself. */
    void powerCut() throws Exception;

    /** Ids, each file with its owner and all that belongs to it, units: the same again exactly if nothing has changed. */
    String snapshot() throws Exception;

    /** What {@link #snapshot} was, or is to be, on the old host. */
    String whollyOld();

    /** And on the converted one. */
    String whollyNew();

    /** The owner of a file that was made after the conversion, which is no part of the snapshot; empty where there is none. */
    String madeSince() throws Exception;

    /** Lock files of usermod and groupmod. One that was killed leaves them, the next one takes them away. */
    String litter() throws Exception;

    /** Each file of the journals, with its content's checksum. */
    String journals() throws Exception;

    /** What the journals say, read by the program's own reader. */
    List<String> lastEntries() throws Exception;

    @Override
    void close() throws Exception;
}
