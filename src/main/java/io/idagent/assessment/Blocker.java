package io.idagent.assessment;

import io.idagent.platform.Gid;
import io.idagent.platform.Uid;
import java.util.Locale;
import java.util.Optional;

/**
 * A reason why the ids cannot be changed now. One record a reason, each with what it is about, so that whoever asks can
 * say it in a sentence, and say what to do.
 */
public sealed interface Blocker {

    /** What sort of obstacle it is, as far as a script that waits or gives up must know. */
    enum Obstacle {
        /** Goes when guests go. */
        GUESTS,
        /** Somebody has the number; waiting does not help. */
        TAKEN_ID,
        OTHER
    }

    String sentence();

    /** What a person can do about it. */
    String advice();

    default Obstacle obstacle() {
        return Obstacle.OTHER;
    }

    /** The name that scripts and monitoring know it by, such as GUEST_RUNNING. */
    default String kind() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    record GuestRunning(String guest, Optional<Integer> pid) implements Blocker {
        @Override
        public String sentence() {
            return "guest " + guest + " is running"
                    + pid.map(p -> " (pid " + p + ")").orElse("");
        }

        @Override
        public String advice() {
            return "shut it down or save it (virsh shutdown, virsh managedsave), then try again; --wait 30m waits for it";
        }

        @Override
        public Obstacle obstacle() {
            return Obstacle.GUESTS;
        }
    }

    /** @param id such as "uid 109" */
    record ProcessUsesId(String program, int pid, String id) implements Blocker {
        @Override
        public String sentence() {
            return "process " + pid + " (" + program + ") runs with " + id;
        }

        @Override
        public String advice() {
            return "end it; ps -o pid,user,group,args -p " + pid + " shows what it is";
        }

        @Override
        public Obstacle obstacle() {
            return Obstacle.GUESTS;
        }
    }

    record ImageInUse(String program, int pid, String path) implements Blocker {
        @Override
        public String sentence() {
            return program + " (pid " + pid + ") has " + path + " open";
        }

        @Override
        public String advice() {
            return "let it finish, or end it; a daemon of libvirt copies an image (virsh vol-upload): let that finish";
        }

        @Override
        public Obstacle obstacle() {
            return Obstacle.GUESTS;
        }
    }

    record UidTaken(Uid uid, String holder) implements Blocker {
        @Override
        public String sentence() {
            return "uid " + uid + " is taken by " + holder;
        }

        @Override
        public String advice() {
            return "give " + holder + " another number first";
        }

        @Override
        public Obstacle obstacle() {
            return Obstacle.TAKEN_ID;
        }
    }

    record GidTaken(Gid gid, String holder) implements Blocker {
        @Override
        public String sentence() {
            return "gid " + gid + " is taken by " + holder;
        }

        @Override
        public String advice() {
            return "give " + holder + " another number first";
        }

        @Override
        public Obstacle obstacle() {
            return Obstacle.TAKEN_ID;
        }
    }

    /** @param what such as "user libvirt-qemu" */
    record AccountNotLocal(String what) implements Blocker {
        @Override
        public String sentence() {
            return what + " does not stand in the local account files, so usermod and groupmod cannot change it";
        }

        @Override
        public String advice() {
            return "change its number where it is kept (LDAP, NIS ...), or create it locally";
        }
    }

    record AccountIncomplete(String missing) implements Blocker {
        @Override
        public String sentence() {
            return "there is no " + missing + ", but the other half of the account exists";
        }

        @Override
        public String advice() {
            return "reinstalling libvirt-daemon-system creates what is missing";
        }
    }

    record NameServiceFailing(String answer) implements Blocker {
        @Override
        public String sentence() {
            return "a name service could not answer: " + answer;
        }

        @Override
        public String advice() {
            return "while it is silent nobody can say that a number is free; bring it back (nslcd, sssd), then try again";
        }
    }

    record CannotSee(String what, String reason) implements Blocker {
        @Override
        public String sentence() {
            return what + " cannot be seen: " + reason;
        }

        @Override
        public String advice() {
            return "what cannot be seen is not taken for absent; run as root, and mend the reason given";
        }
    }

    record GuestsWouldNotStart(String guest, String file, String why, String remedy) implements Blocker {
        @Override
        public String sentence() {
            return "guest " + guest + " would not start afterwards: " + file + ": " + why;
        }

        @Override
        public String advice() {
            return remedy + "; --accept-unstartable converts all the same";
        }
    }

    record HomeIsRoot(String user, String home, boolean offline) implements Blocker {
        @Override
        public String sentence() {
            return "the home directory of " + user + " is " + home + ", which usermod cannot be kept away from";
        }

        @Override
        public String advice() {
            return "usermod " + (offline ? "-P DIRECTORY " : "") + "-d /var/lib/libvirt " + user;
        }
    }

    record PasswdLocked(String by) implements Blocker {
        @Override
        public String sentence() {
            return "the account files are locked: " + by;
        }

        @Override
        public String advice() {
            return "let the other program finish; if there is none, the lock file was left behind and can be removed";
        }
    }

    record ReadOnly(String path) implements Blocker {
        @Override
        public String sentence() {
            return path + " is on a read-only file system";
        }

        @Override
        public String advice() {
            return "mount -o remount,rw ... or leave it out with idagent.exclusions";
        }
    }

    record ConversionRunning() implements Blocker {
        @Override
        public String sentence() {
            return "another conversion is running";
        }

        @Override
        public String advice() {
            return "wait for it to end";
        }
    }

    record NumericUserConfigured(String setting, String value) implements Blocker {
        @Override
        public String sentence() {
            return "/etc/libvirt/qemu.conf says " + setting + " = \"" + value + "\", a number: guests would not follow";
        }

        @Override
        public String advice() {
            return "write the name of the account there, restart libvirt, then try again";
        }
    }
}
