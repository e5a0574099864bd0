package io.idagent.platform;

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
}
