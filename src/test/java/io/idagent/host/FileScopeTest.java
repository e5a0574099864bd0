package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.ownership.OwnerRules;
import io.idagent.ownership.SharedStorage;
import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whose a file becomes. */
class FileScopeTest {

    @Test
    void aFormerNumberLeadsToTheAccountThatHadIt() {
        FileScope scope = new FileScope(
                List.of(account("libvirt-qemu", 64055), account("nova", 64060)),
                List.of(),
                List.of(),
                Set.of(new Uid(109), new Uid(120)),
                Set.of(new Gid(114), new Gid(125)),
                Optional.empty(),
                SharedStorage.REPORT,
                List.of(new FormerOf("nova", Set.of(new Uid(120)), Set.of(new Gid(125)))),
                List.of(),
                List.of());
        OwnerRules rules = scope.scan().rules();
        assertEquals(Map.of(new Uid(109), new Uid(64055), new Uid(120), new Uid(64060)), rules.uids());
        assertEquals(Map.of(new Gid(114), new Gid(64055), new Gid(125), new Gid(64060)), rules.gids());
    }

    private static AccountChange account(String name, long id) {
        return new AccountChange(name, new Uid(id), new Uid(id), name, new Gid(id), new Gid(id), "/var/lib/" + name);
    }
}
