package io.idagent.host;

import io.idagent.platform.NameServiceException;

/** A question about names, whose answer is a fact: an outage is "unknown", never "nobody". */
interface NameQuestion<T> {

    T answer() throws NameServiceException;

    static <T> Fact<T> ask(NameQuestion<T> question) {
        try {
            return Fact.known(question.answer());
        } catch (NameServiceException e) {
            return Fact.unknown(e.getMessage());
        }
    }
}
