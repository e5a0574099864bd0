package io.idagent.cli;

import io.idagent.agent.Converter;
import io.idagent.agent.Converter.Ending;
import io.idagent.agent.Session;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.StopOnSignal;
import io.idagent.agent.Wiring;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.time.Duration;

/** {@code --convert-now}, {@code --rollback} and {@code --recover}: has it done, and tells what came of it. */
final class ConvertNow {

    private final Wiring wiring;
    private final Answer answer;
    private final ProgressLines progress;
    private final Duration wait;
    private final boolean acceptUnstartable;

    ConvertNow(Wiring wiring, Answer answer, ProgressLines progress, Duration wait, boolean acceptUnstartable) {
        this.wiring = wiring;
        this.answer = answer;
        this.progress = progress;
        this.wait = wait;
        this.acceptUnstartable = acceptUnstartable;
    }

    int convert() throws IOException, InterruptedException, ServiceException {
        return have(Converter::convert);
    }

    int rollBack() throws IOException, InterruptedException, ServiceException {
        return have(Converter::rollBack);
    }

    int recover() throws IOException, InterruptedException, ServiceException {
        return have(Converter::recover);
    }

    private interface Wish {
        Ending of(Converter converter) throws IOException, InterruptedException, ServiceException;
    }

    private int have(Wish wish) throws IOException, InterruptedException, ServiceException {
        try (StopOnSignal signals = new StopOnSignal()) {
            Ending ending = wish.of(new Converter(wiring, progress, signals, wait, acceptUnstartable));
            return signals.ended(tell(ending));
        }
    }

    private int tell(Ending ending) throws InterruptedException {
        int code = ExitCode.of(ending);
        if (ending instanceof Ending.Nothing nothing) {
            StatusDocument status = nothing.look().document();
            answer.text(StatusText.verdict(status));
            document(code, nothing.look().assessment().sentence(), ending, status);
            return code;
        }
        String sentence;
        if (ending instanceof Ending.Carried carried) {
            sentence = carried.last().sentence();
        } else if (ending instanceof Ending.Refused refused) {
            sentence = refused.why();
            answer.line("Nothing was done: " + sentence);
        } else {
            sentence = "another conversion is running; try again later";
            answer.line("Nothing was done: " + sentence);
        }
        if (!answer.isText()) {
            Session session = new Session(wiring, wiring.settings().accounts(), false);
            document(code, sentence, ending, session.look(Depth.WITHOUT_FILES).document());
        }
        return code;
    }

    private void document(int code, String sentence, Ending ending, StatusDocument status) {
        answer.document(new ConversionDocument(StatusDocument.FORMAT, code, sentence, ending.outcomes(), status));
    }
}
