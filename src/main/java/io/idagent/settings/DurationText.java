package io.idagent.settings;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: 30s, 10m, 2h, 1d; a number alone is seconds. */
public final class DurationText {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h|d|)");

    /** Nobody means more, and 300 years do not fit into nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private DurationText() {}

    /** @throws IllegalArgumentException if the text is none of these */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no duration: write a number and ms, s, m, h or d, such as 30m");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration duration =
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> Duration.ofSeconds(number);
                };
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than " + LONGEST.toDays() + "d");
        }
        return duration;
    }
}
