package io.idagent.platform;

import java.util.List;
import java.util.Optional;

/**
 * Which user or group a number belongs to, and which number a name has.
 *
 * <p>An empty answer means "there is none": every source could answer, and none knows it. A source that cannot answer
 * is a {@link NameServiceException}, never an empty answer: an outage must not make a living user look deleted.
 */
public interface Names {

    Optional<String> userName(Uid uid) throws NameServiceException;

    Optional<String> groupName(Gid gid) throws NameServiceException;

    Optional<UserEntry> user(String name) throws NameServiceException;

    Optional<GroupEntry> group(String name) throws NameServiceException;

    /**
     * Asks for the very numbers whose absence is to be believed.
     *
     * @return a sentence for each source that cannot answer now; empty if "there is none" may be believed
     * @throws NameServiceException if it is not known which sources there are
     */
    default List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        return List.of();
    }
}
