package io.idagent.host;

import io.idagent.platform.Owner;
import java.util.List;
import java.util.Optional;

/**
 * What is known about one file of a domain, for {@link UnstartableGuests}.
 *
 * @param fileSystem its type, as in mountinfo
 * @param local root of this host owns what lies on it: false for shared file systems, for those not known, and for
 *     those that keep no owners
 * @param readOnly it is mounted so
 * @param reowned the conversion itself changes the file, if it belongs to the account
 */
public record GuestFileFacts(String fileSystem, boolean local, boolean readOnly, boolean reowned, Sight sight) {

    /** What looking at the file gave. */
    public sealed interface Sight {}

    /**
     * @param mode the lower twelve bits
     * @param rootMayGive whether libvirt, as root, can give it to the target: not with root_squash, nor where the file
     *     system keeps no owners; empty if only root could tell
     * @param way the directories through which qemu comes to it
     */
    public record Present(Owner owner, int mode, Optional<Boolean> rootMayGive, List<Directory> way) implements Sight {
        public Present {
            way = List.copyOf(way);
        }
    }

    /** @param reowned as that of the file */
    public record Directory(String path, Owner owner, int mode, boolean reowned) {}

    /** Nobody could start from it before, either. */
    public record Missing() implements Sight {}

    /** Root was refused: a directory on the way lets only its owner in, and the server does not trust our root. */
    public record RootRefused() implements Sight {}

    /** @param reason why not, a part of a sentence */
    public record NotSeen(String reason) implements Sight {}
}
