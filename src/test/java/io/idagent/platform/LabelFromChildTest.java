package io.idagent.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With scripts in the place of our own program. */
class LabelFromChildTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @Test
    void theLabelComesThroughWhateverTheJavaMachineSaysBefore() throws Exception {
        Owner old = new Owner(new Uid(109), new Gid(4_000_000_000L));

        assertEquals(
                Optional.of(old),
                program("echo warning: something; echo " + LabelFromChild.text(Optional.of(old)))
                        .askBaseLabel());
        assertEquals(
                Optional.empty(),
                program("echo " + LabelFromChild.text(Optional.empty())).askBaseLabel());
    }

    @Test
    void theChildIsAskedForThisLibvirt() throws Exception {
        LabelSource source = program("test \"$1 $2\" = 'base-label -Didagent.libvirt-uri=test:///default' && echo 1:2");

        assertEquals(Optional.of(new Owner(new Uid(1), new Gid(2))), source.askBaseLabel());
    }

    @Test
    void aLibvirtThatHangsIsGivenUpWithTheChild() throws Exception {
        LabelSource source = program("exec sleep 600", Duration.ofMillis(300));

        assertTrue(refusal(source).contains("did not answer within 0.3 s"), refusal(source));
    }

    @Test
    void whatLibvirtSaidIsPassedOn() throws Exception {
        assertEquals("Cannot ask libvirt: refused", refusal(program("echo 'Cannot ask libvirt: refused' >&2; exit 1")));
        assertTrue(refusal(program("exit 134")).contains("134"));
    }

    @Test
    void anAnswerThatIsNoLabelIsNoLabel() throws Exception {
        for (String answer : List.of("", "109", "109:", "a:b", "109:114:7")) {
            assertTrue(refusal(program("echo " + answer)).contains("is no label"), answer);
        }
    }

    @Test
    void thisProgramIsTheJavaThatRunsNow() throws IOException {
        List<String> program = LabelFromChild.thisProgram();

        assertTrue(program.get(0).endsWith("/bin/java"), program.get(0));
        assertTrue(program.size() > 1);
    }

    private static String refusal(LabelSource source) {
        return assertThrows(LibvirtUnavailableException.class, source::askBaseLabel)
                .getMessage();
    }

    private LabelSource program(String script) throws IOException {
        return program(script, LIMIT);
    }

    private LabelSource program(String script, Duration limit) throws IOException {
        Path program = directory.resolve("program");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new LabelFromChild(new Commands(), List.of(program.toString()), "test:///default", limit);
    }
}
