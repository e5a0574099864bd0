package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Both ways to ask glibc say the same. */
class LightNamesTest {

    private final Names light = new LightNames(Duration.ofSeconds(30));
    private final Names full = new NameService(Duration.ofSeconds(30), false);

    @Test
    void theSameUsersAndGroupsAreFoundByNameAndByNumber() throws NameServiceException {
        for (String name : List.of("root", "daemon", "nobody", "nogroup", "there-is-no-such-name")) {
            assertEquals(full.user(name), light.user(name));
            assertEquals(full.group(name), light.group(name));
        }
        for (long id : new long[] {0, 1, 2, 65534, 3999999999L, Uid.LAST}) {
            assertEquals(full.userName(new Uid(id)), light.userName(new Uid(id)));
            assertEquals(full.groupName(new Gid(id)), light.groupName(new Gid(id)));
        }
        assertEquals(Optional.of("root"), light.userName(Uid.ROOT));
    }

    @Test
    void aNameThatIsNotAsciiIsAskedForAsItIs() throws NameServiceException {
        assertEquals(Optional.empty(), light.user("jörg"));
    }
}
