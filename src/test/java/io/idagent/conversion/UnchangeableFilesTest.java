package io.idagent.conversion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.idagent.conversion.ConversionOutcome.Result;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files whose owner cannot be changed. */
@Tag("root")
class UnchangeableFilesTest extends OldSystem {

    /** Its owner was the target's when the second conversion began, and yet it had not been all along. */
    @Test
    void aFileThatARollbackCouldNotGiveBackIsGivenBackByTheNextOne() throws Exception {
        own(directory.resolve("images/roots"), NEW);
        convert();
        String first = conversions.all().get(0).id();
        label = Optional.of(OLD);
        chattr("+i", "images/17");
        try {
            ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(first)));
            assertEquals("64055:64055", ownerOf("images/17"));
            assertTrue(
                    back.problems().get(0).contains("/images/17"),
                    back.problems().toString());
        } finally {
            chattr("-i", "images/17");
        }
        label = Optional.of(NEW);
        assertEquals(0, convert().leftovers());
        String second = conversions.all().get(0).id();
        label = Optional.of(OLD);

        ConversionOutcome back = run(plan(ConversionKind.ROLL_BACK, NEW, OLD, Optional.of(second)));

        assertEquals(List.of(), back.problems());
        assertEquals("109:114", ownerOf("images/17"));
        assertEquals("64055:64055", ownerOf("images/roots"), "it had the target's number before anybody else had");
    }

    @Test
    void filesThatCannotBeChangedAreListedAndCounted() throws Exception {
        chattr("+i", "images/17");
        try {
            ConversionOutcome outcome = convert();
            assertEquals("109:114", ownerOf("images/17"));
            assertEquals(Result.DONE, outcome.result());
            assertEquals(1, outcome.leftovers());
            assertEquals(299, outcome.filesChanged());
            assertTrue(
                    outcome.problems().get(0).contains("/images/17"),
                    outcome.problems().toString());
            assertEquals("libvirt-qemu has 64055:64055, but some files could not be changed", outcome.sentence());
            assertEquals("PROVE: 1 files are left", told.get(told.size() - 1));
            assertEquals(
                    List.of(
                            "uid 109 stays reserved by libvirt-qemu-former-109: files in the roots carry it",
                            "gid 114 stays reserved by libvirt-qemu-former-114: files in the roots carry it"),
                    outcome.notes());
            assertEquals(Optional.empty(), names.userName(OLD.uid()));
            assertEquals(Optional.of("libvirt-qemu-former-109"), files.userName(OLD.uid()));
            assertEquals(Optional.of("libvirt-qemu-former-114"), files.groupName(OLD.gid()));
        } finally {
            chattr("-i", "images/17");
        }
    }
}
