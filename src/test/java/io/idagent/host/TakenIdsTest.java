package io.idagent.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.platform.Commands;
import io.idagent.platform.Gid;
import io.idagent.platform.LocalAccounts;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Uid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakenIdsTest {

    private static final Uid UID = new Uid(64055);
    private static final Gid GID = new Gid(64055);

    @TempDir
    Path dynamicUsers;

    private TakenIds taken(String passwd, String group, String... check) {
        LocalAccounts names = new LocalAccounts(
                "passwd",
                () -> ("root:x:0:0:::\n" + passwd).getBytes(StandardCharsets.UTF_8),
                "group",
                () -> ("root:x:0:\n" + group).getBytes(StandardCharsets.UTF_8));
        return new TakenIds(names, dynamicUsers, extraCheck("{uid}", check), extraCheck("{gid}", check));
    }

    private static Optional<ExtraCheck> extraCheck(String placeholder, String... argv) {
        return argv.length == 0
                ? Optional.empty()
                : Optional.of(new ExtraCheck(
                        new Commands(), List.of(argv), placeholder, Pattern.compile("^DN:"), Duration.ofSeconds(10)));
    }

    @Test
    void aNumberThatNobodyHasIsFree() throws NameServiceException {
        assertEquals(Optional.empty(), taken("", "").holderOf(UID, "libvirt-qemu"));
        assertEquals(Optional.empty(), taken("", "").holderOf(GID, "libvirt-qemu"));
    }

    @Test
    void somebodyElseIsNamed() throws NameServiceException {
        TakenIds taken = taken("alice:x:64055:1:::\n", "staff:x:64055:\n");
        assertEquals(Optional.of("user alice"), taken.holderOf(UID, "libvirt-qemu"));
        assertEquals(Optional.of("group staff"), taken.holderOf(GID, "libvirt-qemu"));
    }

    @Test
    void theAccountItselfIsNobodyElse() throws Exception {
        Files.createFile(dynamicUsers.resolve("64055"));
        TakenIds taken = taken("libvirt-qemu:x:64055:1:::\n", "libvirt-qemu:x:64055:\n", "echo", "DN: uid=x");
        assertEquals(Optional.empty(), taken.holderOf(UID, "libvirt-qemu"));
        assertEquals(Optional.empty(), taken.holderOf(GID, "libvirt-qemu"));
    }

    @Test
    void aDynamicUserOfSystemdHasBothNumbers() throws Exception {
        Files.createFile(dynamicUsers.resolve("64055"));
        assertEquals(Optional.of("a dynamic user of systemd"), taken("", "").holderOf(GID, "libvirt-qemu"));
        Files.createSymbolicLink(dynamicUsers.resolve("direct:64055"), Path.of("myunit"));
        assertEquals(
                Optional.of("dynamic user myunit of systemd"), taken("", "").holderOf(UID, "libvirt-qemu"));
    }

    @Test
    void theExtraCheckIsAskedForTheNumberAndItsLineIsTheAnswer() throws NameServiceException {
        TakenIds taken = taken("", "", "printf", "filter {uid} {gid}\\nDN: uid=x,n={uid}{gid}\\n");
        assertEquals(Optional.of("DN: uid=x,n=64055{gid}"), taken.holderOf(UID, "libvirt-qemu"));
        assertEquals(Optional.of("DN: uid=x,n={uid}64055"), taken.holderOf(GID, "libvirt-qemu"));
    }

    @Test
    void outputThatDoesNotMatchMeansFree() throws NameServiceException {
        assertEquals(
                Optional.empty(), taken("", "", "echo", "uidNumber={uid} DN:").holderOf(UID, "libvirt-qemu"));
    }

    @Test
    void anExtraCheckThatFailsIsAnErrorAndNotAnAnswer() {
        NameServiceException error = assertThrows(
                NameServiceException.class, () -> taken("", "", "sh", "-c", "echo DN:; echo no server >&2; exit 3")
                        .holderOf(UID, "q"));
        assertTrue(error.getMessage().contains("exit 3: no server"), error.getMessage());
        assertThrows(
                NameServiceException.class, () -> taken("", "", "no-such-check").holderOf(GID, "libvirt-qemu"));
    }
}
