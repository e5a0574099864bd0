package io.idagent.health;

import io.idagent.agent.Published;
import java.util.function.Function;

/** What follows from a look at the host alone, made once for each look however often it is asked for. For several threads. */
final class OncePerLook<T> {

    private record Made<T>(Published from, T what) {}

    private final Function<Published, T> make;
    private volatile Made<T> last;

    OncePerLook(Function<Published, T> make) {
        this.make = make;
    }

    T of(Published look) {
        Made<T> made = last;
        if (made == null || made.from() != look) {
            made = new Made<>(look, make.apply(look));
            last = made;
        }
        return made.what();
    }
}
