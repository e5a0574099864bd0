package io.idagent.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.idagent.platform.LibvirtGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of guests that are to come home. */
class EvacuatedGuestsTest {

    @TempDir
    private Path temporary;

    private final MigrationStory story = new MigrationStory();
    private Path state;
    private EvacuatedGuests guests;

    @BeforeEach
    void nobodyHasLeft() {
        state = temporary.resolve("state");
        guests = new EvacuatedGuests(state);
    }

    @Test
    void whoHasLeftIsKnownUntilHeIsBack() throws IOException {
        guests.add(named("vm2", "vm1"));
        guests.add(named("vm3"));
        guests.remove(List.of("vm2"));
        assertEquals(List.of("vm1", "vm3"), guests.names());
    }

    @Test
    void theListIsForRootAlone() throws IOException {
        guests.add(named("vm1"));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("evacuated"))));
    }

    @Test
    void aLinkThatLiesWhereItIsToBeWrittenIsNotFollowed() throws IOException {
        guests.add(named("vm1"));
        Path other = Files.writeString(temporary.resolve("other"), "untouched");
        Files.createSymbolicLink(state.resolve("evacuated.unfinished"), other);
        guests.add(named("vm2"));
        assertEquals("untouched", Files.readString(other));
        assertEquals(List.of("vm1", "vm2"), guests.names());
    }

    @Test
    void whatStartsWithItsHostIsRememberedUntilItIsBack() throws IOException {
        guests.add(named("vm1"));
        assertEquals(List.of(), guests.withAutostart());
        story.autostart = true;
        guests.add(named("vm1"));
        assertEquals(List.of("vm1"), new EvacuatedGuests(state).withAutostart());
        guests.remove(List.of("vm1"));
        assertEquals(List.of(), guests.withAutostart());
    }

    private List<LibvirtGuest> named(String... names) {
        List<LibvirtGuest> named = new ArrayList<>();
        for (String name : names) {
            story.name = name;
            named.addAll(story.guests());
        }
        return named;
    }
}
