package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which guests must not be asked to read, as that could end them. */
class GuestMonitorTest {

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
                GuestMonitor.mayEndIt(
                        Json.mapper().readTree(version), Json.mapper().readTree(ioThreads.replace('\'', '"'))));
    }
}
