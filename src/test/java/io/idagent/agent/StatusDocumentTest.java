package io.idagent.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.idagent.platform.Gid;
import io.idagent.platform.Json;
import io.idagent.platform.Uid;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A document in which every text is a marker of the place where it stands: whatever is shown can be named. */
class StatusDocumentTest {

    /** Words of ours, numbers and times; and the account's name, which an administrator has given. */
    private static final Set<String> MAY_BE_SHOWN = Set.of(
            "state",
            "sentence",
            "readiness",
            "accounts.user",
            "accounts.group",
            "blockers.kind",
            "findings.kind",
            "daemonHeldBy.kind",
            "lastConversion.id",
            "lastConversion.kind");

    private final ObjectMapper json = Json.mapper();

    @Test
    void withoutDetailsNoTextIsShownThatCouldHoldANameOrAPath() throws Exception {
        String shown = json.writeValueAsString(marked().withoutDetails());

        assertEquals(new TreeSet<>(MAY_BE_SHOWN), markers(shown));
    }

    @Test
    void numbersAndCountsStay() {
        StatusDocument marked = marked();
        StatusDocument shown = marked.withoutDetails();

        assertEquals(marked.guests().map(List::size), shown.guests().map(List::size));
        assertEquals(marked.blockers().size(), shown.blockers().size());
        assertEquals(
                marked.files().orElseThrow().leftovers().files(),
                shown.files().orElseThrow().leftovers().files());
        assertEquals(marked.accounts(), shown.accounts());
    }

    @Test
    void withDetailsEveryTextIsThere() throws Exception {
        Set<String> all = markers(json.writeValueAsString(marked()));

        assertTrue(all.containsAll(List.of("guests.name", "notSeen", "files.leftovers.firstPaths")), all.toString());
        assertFalse(all.equals(MAY_BE_SHOWN));
    }

    @Test
    void itComesBackAsItWasWritten() throws Exception {
        StatusDocument marked = marked();

        assertEquals(marked, json.readValue(json.writeValueAsString(marked), StatusDocument.class));
    }

    private static Set<String> markers(String text) {
        Set<String> markers = new TreeSet<>();
        Matcher marker = Pattern.compile("<([A-Za-z.]+)>").matcher(text);
        while (marker.find()) {
            markers.add(marker.group(1));
        }
        return markers;
    }

    private static StatusDocument marked() {
        return (StatusDocument) filled(StatusDocument.class, "");
    }

    /** A new field, of a new type too, is filled without being named here, and so cannot be forgotten. */
    private static Object filled(Type type, String place) {
        if (type instanceof ParameterizedType generic) {
            Object content = filled(generic.getActualTypeArguments()[0], place);
            return generic.getRawType() == Optional.class ? Optional.of(content) : new ArrayList<>(List.of(content));
        }
        Class<?> kind = (Class<?>) type;
        if (kind == String.class) {
            return "<" + place + ">";
        } else if (kind == int.class || kind == Integer.class) {
            return 4711;
        } else if (kind == long.class) {
            return 4712L;
        } else if (kind == Uid.class) {
            return new Uid(109);
        } else if (kind == Gid.class) {
            return new Gid(114);
        } else if (kind == Instant.class) {
            return Instant.EPOCH;
        } else if (kind == Duration.class) {
            return Duration.ofSeconds(3);
        } else if (kind == Path.class) {
            return Path.of("/<" + place + ">");
        } else if (kind.isEnum()) {
            return kind.getEnumConstants()[0];
        }
        return filledRecord(kind, place);
    }

    private static Object filledRecord(Class<?> kind, String place) {
        RecordComponent[] components = kind.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = filled(
                    components[i].getGenericType(),
                    place.isEmpty() ? components[i].getName() : place + "." + components[i].getName());
        }
        try {
            Constructor<?> constructor = kind.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(kind.getName(), e);
        }
    }
}
