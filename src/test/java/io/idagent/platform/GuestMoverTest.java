package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.libvirt.TypedIntParameter;

/** Which guests must not be asked to read, as that could end them. */
class GuestMoverTest {

    /** Numbers of virDomainJobType and virDomainJobOperation. */
    @ParameterizedTest
    @CsvSource({"1, 5, true", "2, 5, true", "0, 5, false", "2, 9, false", "1, 1, false", "2, 4, false"})
    void onlyAMigrationAwayIsWaitedForAndCalledOff(int type, int operation, boolean isOurs) {
        assertEquals(isOurs, GuestMover.isMigration(type, List.of(new TypedIntParameter("operation", operation))));
        assertEquals(type > 0, GuestMover.isMigration(type, List.of()), "an old libvirt does not say");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "5 | 2 | [{'id': 'iothread1'}] | true",
                "6 | 0 | [{'id': 'iothread1'}] | true",
                "6 | 1 | [{'id': 'iothread1'}] | false",
                "7 | 0 | [{'id': 'iothread1'}] | false",
                "5 | 2 | []                    | false"
            })
    void anOldQemuWithIoThreadsIsLeftAlone(int major, int minor, String ioThreads, boolean mayEndIt)
            throws IOException {
        String version = "{\"qemu\": {\"major\": " + major + ", \"minor\": " + minor + "}}";
        assertEquals(
                mayEndIt,
                GuestMover.mayEndIt(
                        Json.mapper().readTree(version), Json.mapper().readTree(ioThreads.replace('\'', '"'))));
    }
}
