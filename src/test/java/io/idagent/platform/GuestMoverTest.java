package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.libvirt.TypedIntParameter;

/** Which jobs of a guest are migrations. */
class GuestMoverTest {

    /** Numbers of virDomainJobType and virDomainJobOperation. */
    @ParameterizedTest
    @CsvSource({"1, 5, true", "2, 5, true", "0, 5, false", "2, 9, false", "1, 1, false", "2, 4, false"})
    void onlyAMigrationAwayIsWaitedForAndCalledOff(int type, int operation, boolean isOurs) {
        assertEquals(isOurs, GuestMover.isMigration(type, List.of(new TypedIntParameter("operation", operation))));
        assertEquals(type > 0, GuestMover.isMigration(type, List.of()), "an old libvirt does not say");
    }
}
