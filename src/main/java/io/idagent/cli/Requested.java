package io.idagent.cli;

import io.idagent.agent.Converter.Ending;
import io.idagent.agent.RequestedConversion;
import io.idagent.agent.Wiring;
import io.idagent.conversion.ConversionOutcome.Result;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.time.Clock;

/** {@code --convert-now --requested}, as the converter's service runs it. */
final class Requested {

    private final Wiring wiring;
    private final Answer answer;
    private final ProgressLines progress;

    Requested(Wiring wiring, Answer answer, ProgressLines progress) {
        this.wiring = wiring;
        this.answer = answer;
        this.progress = progress;
    }

    /** @return 0 unless the service manager should start it again: what is held or blocked is for the daemon to retry */
    int run() throws IOException, InterruptedException, ServiceException {
        wiring.requestFile().delete();
        RequestedConversion.Answer came = new RequestedConversion(wiring, progress, Clock.systemUTC()).run();
        if (came instanceof RequestedConversion.Answer.Held held) {
            held.holds().forEach(hold -> answer.line("Nothing was done: " + hold.sentence()));
            return ExitCode.DONE;
        }
        Ending ending = ((RequestedConversion.Answer.Tried) came).ending();
        if (ending instanceof Ending.Nothing nothing) {
            answer.text(StatusText.verdict(nothing.look().document()));
        }
        if (ending instanceof Ending.AnotherIsRunning) {
            answer.line("Nothing was done: another conversion is running");
        }
        if (ending instanceof Ending.Refused refused) {
            answer.line("Nothing was done: " + refused.why());
        }
        boolean unfinished =
                ending instanceof Ending.Carried carried && carried.last().result() == Result.UNFINISHED;
        return unfinished ? ExitCode.UNEXPECTED : ExitCode.DONE;
    }
}
