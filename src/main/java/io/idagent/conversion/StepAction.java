package io.idagent.conversion;

import io.idagent.platform.CommandException;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.ServiceException;
import java.io.IOException;

/**
 * How one {@link Step} is done, and how it is taken back. Both can be run any number of times: after a crash nobody
 * knows how far they had come.
 */
interface StepAction {

    /** Fails if it can be known beforehand that {@link #run} will; changes nothing. Asked before the first step begins. */
    default void check(Undertaking work) throws StepException {}

    /** @return what came of it, in a few words for the person who watches; may be empty */
    String run(Undertaking work)
            throws StepException, IOException, ServiceException, NameServiceException, CommandException;

    /** Takes back whatever {@link #run} may have done; without effect where it had none. */
    default void undo(Undertaking work)
            throws StepException, IOException, ServiceException, NameServiceException, CommandException {}
}
