package io.idagent.ownership;

import io.idagent.platform.Errno;
import io.idagent.platform.FileStatus;
import io.idagent.platform.FileType;
import io.idagent.platform.LibC;
import io.idagent.platform.RawPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What makes a file more than a file, and what the kernel therefore clears when its owner changes ({@code chown(2)}): set-uid,
 * set-gid, and capabilities.
 *
 * <p>It is put back only where nobody but root can write the file. Elsewhere somebody could change the content between
 * the kernel's clearing and our putting back, and would have made a program that runs with rights that are not theirs. Nor
 * is it put back on an orphan that is adopted: it would give everybody who may run it the rights of its new owner.
 *
 * <p>Between the two the program may be killed. So before the change the file itself is given a note of what it has, in an
 * attribute that only root reads and writes; it goes when all is put back.
 */
final class Privileges {

    private static final String CAPABILITIES = "security.capability";
    /** {@code struct vfs_ns_cap_data} has 24 bytes. */
    private static final int CAPABILITIES_SIZE = 64;

    /** Two bytes of permissions, then the capabilities. */
    private static final String NOTE = "trusted.libvirt-id-agent.cleared";

    private static final int NOTED_PERMISSIONS = 2;

    private static final int SET_IDS = FileStatus.SET_UID | FileStatus.SET_GID;
    private static final int GROUP_OR_OTHERS_WRITE = 0022;

    private final LibC libC;
    private final int permissions;
    private final byte[] capabilities;
    private final boolean adopted;

    private Privileges(LibC libC, int permissions, byte[] capabilities, boolean adopted) {
        this.libC = libC;
        this.permissions = permissions;
        this.capabilities = capabilities;
        this.adopted = adopted;
    }

    /** Before the change. Only a regular file can have any that chown clears. */
    static Privileges of(LibC libC, int pin, FileStatus status, Reason reason) {
        int permissions = status.mode() & FileStatus.PERMISSIONS;
        if (status.type() != FileType.REGULAR) {
            return none(libC);
        }
        byte[] value = new byte[CAPABILITIES_SIZE];
        int length = libC.attributes().get(pin, CAPABILITIES, value);
        return new Privileges(
                libC, permissions, length > 0 ? Arrays.copyOf(value, length) : new byte[0], reason == Reason.ORPHAN);
    }

    private static Privileges none(LibC libC) {
        return new Privileges(libC, 0, new byte[0], false);
    }

    /** Leaves the note. A file system that has no such attributes goes without. */
    void note(int pin) {
        if (!isNone() && !adopted) {
            byte[] note = new byte[NOTED_PERMISSIONS + capabilities.length];
            note[0] = (byte) (permissions >> 8);
            note[1] = (byte) permissions;
            System.arraycopy(capabilities, 0, note, NOTED_PERMISSIONS, capabilities.length);
            libC.attributes().set(pin, NOTE, note);
        }
    }

    /** For an owner that could not be changed: nothing was cleared. */
    void withdrawNote(int pin) {
        if (!isNone()) {
            libC.attributes().remove(pin, NOTE);
        }
    }

    /** What a change that was cut off has noted, and not put back; nothing otherwise. */
    static Privileges noted(LibC libC, int pin, FileStatus status) {
        byte[] note = new byte[NOTED_PERMISSIONS + CAPABILITIES_SIZE];
        int length = status.type() == FileType.REGULAR ? libC.attributes().get(pin, NOTE, note) : 0;
        return length < NOTED_PERMISSIONS
                ? none(libC)
                : new Privileges(
                        libC,
                        (note[0] & 0xff) << 8 | note[1] & 0xff,
                        Arrays.copyOfRange(note, NOTED_PERMISSIONS, length),
                        false);
    }

    private boolean isNone() {
        return (permissions & SET_IDS) == 0 && capabilities.length == 0;
    }

    /** After the change: puts back what may be put back, and says for each what became of it. */
    ChangeOutcome.Changed restore(int pin, FileStatus status, RawPath path) {
        if (isNone()) {
            return ChangeOutcome.Changed.SILENTLY;
        }
        List<String> notes = new ArrayList<>();
        List<String> losses = new ArrayList<>();
        putBack(pin, status, path, notes, losses);
        withdrawNote(pin);
        return new ChangeOutcome.Changed(notes, losses);
    }

    private void putBack(int pin, FileStatus status, RawPath path, List<String> notes, List<String> losses) {
        if (libC.statx(pin, 0, status) < 0) {
            losses.add(path + " had set-uid, set-gid or capabilities; whether it still has is not known");
            return;
        }
        int lost = permissions & SET_IDS & ~status.mode();
        boolean onlyRootWrites = status.uidBits() == 0 && (status.mode() & GROUP_OR_OTHERS_WRITE) == 0;
        String objection = adopted ? "the file belonged to nobody" : "others than root can write the file";
        boolean may = onlyRootWrites && !adopted;
        // In this order: a chmod leaves capabilities alone.
        if (lost != 0) {
            String what = inWords(lost);
            int failure = may ? libC.chmod(pin, permissions) : 0;
            (failure < 0 ? losses : notes).add(path + ": " + outcome(what, may ? "" : objection, failure));
        }
        if (capabilities.length > 0) {
            int failure = may ? libC.attributes().set(pin, CAPABILITIES, capabilities) : 0;
            (failure < 0 ? losses : notes)
                    .add(path + ": " + outcome("file capabilities", may ? "" : objection, failure));
        }
    }

    /** @param objection why it was not tried; empty if it was */
    private static String outcome(String what, String objection, int failure) {
        if (!objection.isEmpty()) {
            return what + " cleared by the change of owner and not put back, as " + objection;
        }
        return failure < 0
                ? what + " cleared by the change of owner, and putting it back failed: " + Errno.text(-failure)
                : what + " cleared by the change of owner and put back";
    }

    private static String inWords(int bits) {
        if (bits == SET_IDS) {
            return "set-uid and set-gid";
        }
        return bits == FileStatus.SET_UID ? "set-uid" : "set-gid";
    }
}
