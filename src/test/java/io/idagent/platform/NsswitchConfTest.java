package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NsswitchConfTest {

    @Test
    void actionsInBracketsAreNoServices() {
        NsswitchConf passwd = NsswitchConf.of(
                        "passwd",
                        "# x\n passwd :  files [SUCCESS=merge !UNAVAIL=continue] ldap [NOTFOUND=return] # y\n")
                .orElseThrow();
        assertEquals(List.of("files", "ldap"), passwd.services());
        assertEquals("files [SUCCESS=merge !UNAVAIL=continue] ldap [NOTFOUND=return]", passwd.line());
    }

    @Test
    void aLineOfAnotherDatabaseIsNotTaken() {
        assertEquals(Optional.empty(), NsswitchConf.of("passwd", "passwd_compat: nis\n#passwd: ldap\ngroup: files\n"));
    }

    @Test
    void aLineWithoutServicesIsNoConfiguration() {
        assertEquals(Optional.empty(), NsswitchConf.of("passwd", "passwd:\n"));
        assertEquals(Optional.empty(), NsswitchConf.of("passwd", "passwd: [NOTFOUND=return]\n"));
    }
}
