package io.idagent.settings;

import io.idagent.ownership.IdRange;
import io.idagent.platform.Uid;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes values of texts. What cannot be read is an error that names key and text, never a default. */
final class SettingValues {

    private final SmallRyeConfig config;

    SettingValues(SmallRyeConfig config) {
        this.config = config;
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(config.getConfigValue(key).getValue())
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    List<String> words(String key, String otherwise) {
        return List.of(text(key).orElse(otherwise).split(",")).stream()
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    List<Path> paths(String key, String otherwise) throws ConfigurationException {
        List<Path> paths = new ArrayList<>();
        for (String word : words(key, otherwise)) {
            paths.add(absolute(key, word));
        }
        if (paths.isEmpty() && text(key).isPresent()) {
            throw ConfigurationException.of(key, text(key).get(), "there is no path in it");
        }
        return paths;
    }

    Path path(String key, String otherwise) throws ConfigurationException {
        return absolute(key, text(key).orElse(otherwise));
    }

    private static Path absolute(String key, String text) throws ConfigurationException {
        Path path;
        try {
            path = Path.of(text).normalize();
        } catch (InvalidPathException e) {
            throw ConfigurationException.of(key, text, "it is no path: " + e.getReason());
        }
        if (!path.isAbsolute() || path.getNameCount() == 0) {
            throw ConfigurationException.of(key, text, "it must be an absolute path, and not / itself");
        }
        return path;
    }

    <T> Set<T> ids(String key, Function<String, T> parse) throws ConfigurationException {
        Set<T> ids = new HashSet<>();
        for (String word : words(key, "")) {
            try {
                T id = parse.apply(word);
                if (id.toString().equals("0")) {
                    throw new IllegalArgumentException("0 is root, and what is root's stays root's");
                }
                ids.add(id);
            } catch (IllegalArgumentException e) {
                throw ConfigurationException.of(key, word, e.getMessage());
            }
        }
        return ids;
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) throws ConfigurationException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text.get())) {
                return constant;
            }
        }
        String words = List.of(type.getEnumConstants()).stream()
                .map(SettingValues::word)
                .collect(Collectors.joining(", "));
        throw ConfigurationException.of(key, text.get(), "it must be one of: " + words);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<IdRange> range(String key) throws ConfigurationException {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})").matcher(text.get());
        if (matcher.matches()) {
            long first = Long.parseLong(matcher.group(1));
            long last = Long.parseLong(matcher.group(2));
            if (0 < first && first <= last && last <= Uid.LAST) {
                return Optional.of(new IdRange(first, last));
            }
        }
        throw ConfigurationException.of(key, text.get(), "it must be FIRST-LAST, such as 100-999, without 0");
    }

    Duration moreThanNothing(String key, String otherwise) throws ConfigurationException {
        Duration duration = duration(key, otherwise);
        if (duration.isZero()) {
            throw ConfigurationException.of(key, text(key).orElse(otherwise), "nothing can be done in no time");
        }
        return duration;
    }

    Duration duration(String key, String otherwise) throws ConfigurationException {
        String text = text(key).orElse(otherwise);
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.of(key, text, e.getMessage());
        }
    }
}
