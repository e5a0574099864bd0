package io.idagent.cli;

import io.idagent.agent.Converter;
import io.idagent.agent.Converter.Ending;
import io.idagent.agent.Session;
import io.idagent.agent.StatusDocument;
import io.idagent.agent.Wiring;
import io.idagent.host.HostInspector.Depth;
import io.idagent.platform.ServiceException;
import java.io.IOException;
import java.time.Duration;

/** {@code --convert-now}, {@code --rollback} and {@code --recover}: has it done, and tells what came of it. */
final class ConvertNow {

    private final Wiring wiring;
    private final Answer answer;
    private final Converter converter;

    ConvertNow(Wiring wiring, Answer answer, ProgressLines progress, Duration wait, boolean acceptUnstartable) {
        this.wiring = wiring;
        this.answer = answer;
        this.converter = new Converter(wiring, progress, wait, acceptUnstartable);
    }

    int convert() throws IOException, InterruptedException, ServiceException {
        return tell(converter.convert());
    }

    int rollBack() throws IOException, InterruptedException, ServiceException {
        return tell(converter.rollBack());
    }

    int recover() throws IOException, InterruptedException, ServiceException {
        return tell(converter.recover());
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
