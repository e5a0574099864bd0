package io.idagent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.idagent.platform.Json;
import io.idagent.platform.Printable;
import java.io.PrintWriter;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Says what a command found, in the form that was asked for: with JSON there is one document on standard output, and nothing else. */
final class Answer {

    private final PrintWriter out;
    private final Output form;
    private final UnaryOperator<Object> wrap;

    Answer(PrintWriter out, Output form) {
        this(out, form, UnaryOperator.identity());
    }

    private Answer(PrintWriter out, Output form, UnaryOperator<Object> wrap) {
        this.out = out;
        this.form = form;
        this.wrap = wrap;
    }

    /** For what is a part of a command: its document becomes a part of the command's. */
    Answer within(UnaryOperator<Object> whole) {
        return new Answer(out, form, whole);
    }

    boolean isText() {
        return form == Output.text;
    }

    /** A line for a person; nothing in JSON. */
    void line(String line) {
        if (isText()) {
            out.println(Printable.line(line));
            out.flush();
        }
    }

    void text(String text) {
        if (isText()) {
            out.print(Printable.lines(text));
            out.flush();
        }
    }

    /** The status as metrics, if they were asked for. */
    void metrics(Supplier<String> exposition) {
        if (form == Output.prometheus) {
            out.print(exposition.get());
            out.flush();
        }
    }

    void document(Object document) {
        if (form == Output.json) {
            try {
                out.println(Printable.json(Json.mapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(wrap.apply(document))));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
            out.flush();
        }
    }
}
