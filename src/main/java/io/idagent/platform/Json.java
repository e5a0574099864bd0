package io.idagent.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Path;

/** JSON as this program writes it: ids are numbers, keys are snake_case, times ISO 8601 in UTC, paths text. */
public final class Json {

    private Json() {}

    public static ObjectMapper mapper() {
        SimpleModule ids = new SimpleModule();
        ids.addSerializer(new NumberOut<>(Uid.class, Uid::value));
        ids.addSerializer(new NumberOut<>(Gid.class, Gid::value));
        ids.addSerializer(new PathOut());
        ids.addDeserializer(Uid.class, new NumberIn<>(Uid.class, Uid::new));
        ids.addDeserializer(Gid.class, new NumberIn<>(Gid.class, Gid::new));
        return JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .addModule(ids)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
    }

    private interface ToLong<T> {
        long of(T id);
    }

    private interface FromLong<T> {
        T of(long value);
    }

    private static final class NumberOut<T> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;
        private final transient ToLong<T> toLong;

        NumberOut(Class<T> type, ToLong<T> toLong) {
            super(type);
            this.toLong = toLong;
        }

        @Override
        public void serialize(T id, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(toLong.of(id));
        }
    }

    private static final class NumberIn<T> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;
        private final transient FromLong<T> fromLong;

        NumberIn(Class<T> type, FromLong<T> fromLong) {
            super(type);
            this.fromLong = fromLong;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return fromLong.of(in.getLongValue());
        }
    }

    /** Jackson alone would write file:///var/lib/libvirt. */
    private static final class PathOut extends StdSerializer<Path> {
        private static final long serialVersionUID = 1L;

        PathOut() {
            super(Path.class);
        }

        @Override
        public void serialize(Path path, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(path.toString());
        }
    }
}
