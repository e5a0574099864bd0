package io.idagent.host;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Something known about the host, or the reason why it is not known. "Could not look" is never "nothing there", so
 * there is no way to get a value without saying what happens when there is none.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "fact")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Fact.Known.class, name = "known"),
    @JsonSubTypes.Type(value = Fact.Unknown.class, name = "unknown")
})
public sealed interface Fact<T> {

    record Known<T>(T value, Instant observedAt) implements Fact<T> {}

    /** @param reason what was tried, and what the system answered; a part of a sentence for a person */
    record Unknown<T>(String reason) implements Fact<T> {}

    static <T> Fact<T> known(T value) {
        return new Known<>(value, Instant.now());
    }

    static <T> Fact<T> unknown(String reason) {
        return new Unknown<>(reason);
    }

    @JsonIgnore
    default boolean isKnown() {
        return this instanceof Known;
    }

    default T orElse(T other) {
        return this instanceof Known<T> known ? known.value() : other;
    }

    /** Why it is not known; empty if it is. */
    default Optional<String> whyUnknown() {
        return this instanceof Unknown<T> unknown ? Optional.of(unknown.reason()) : Optional.empty();
    }

    /** For those to whom "not known" and "nothing there" come to the same. */
    static <T> Optional<T> valueOf(Fact<T> fact) {
        return fact instanceof Known<T> known ? Optional.of(known.value()) : Optional.empty();
    }

    default <R> Fact<R> map(Function<T, R> mapping) {
        return switchOn(known -> new Known<>(mapping.apply(known.value()), known.observedAt()), Unknown::new);
    }

    /** Both cases, spelt out: what {@code switch} over a sealed type gives from Java 21 on. */
    default <R> R switchOn(Function<Known<T>, R> ifKnown, Function<String, R> ifUnknown) {
        if (this instanceof Known<T> known) {
            return ifKnown.apply(known);
        }
        return ifUnknown.apply(((Unknown<T>) this).reason());
    }
}
