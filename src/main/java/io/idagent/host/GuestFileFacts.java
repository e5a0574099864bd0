package io.idagent.host;

import io.idagent.platform.Owner;
import java.util.Optional;

/**
 * What is known about one file of a domain, for {@link UnstartableGuests}.
 *
 * @param fileSystem its type, as in mountinfo
 * @param local root of this host owns what lies on it: false for shared file systems and for those not known
 * @param readOnly it is mounted so
 * @param reowned the conversion itself changes the file, if it belongs to the account
 */
public record GuestFileFacts(String fileSystem, boolean local, boolean readOnly, boolean reowned, Sight sight) {

    /** What looking at the file gave. */
    public sealed interface Sight {}

    /**
     * @param mode the lower twelve bits
     * @param rootMayWrite whether the file system lets root read and write it: not so with root_squash; empty if only
     *     root could tell
     */
    public record Present(Owner owner, int mode, Optional<Boolean> rootMayWrite) implements Sight {}

    /** Nobody could start from it before, either. */
    public record Missing() implements Sight {}

    /** Root was refused: a directory on the way lets only its owner in, and the server does not trust our root. */
    public record RootRefused() implements Sight {}

    /** @param reason why not, a part of a sentence */
    public record NotSeen(String reason) implements Sight {}
}
