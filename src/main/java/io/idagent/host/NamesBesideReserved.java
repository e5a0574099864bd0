package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.GroupEntry;
import io.idagent.platform.NameService;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import io.idagent.platform.UserEntry;
import java.util.List;
import java.util.Optional;

/**
 * Names as every rule of ours sees them: a number that only {@link ReservedIds} keep is nobody's. Whoever else has it, in
 * the same files or by another name service, has it for us too.
 */
public final class NamesBesideReserved implements Names {

    /** The services that an entry in the local files hides. */
    private interface Hidden {
        Optional<String> userName(Uid uid) throws NameServiceException;

        Optional<String> groupName(Gid gid) throws NameServiceException;
    }

    private final Names names;
    private final ReservedIds reserved;
    private final Hidden hidden;

    private NamesBesideReserved(Names names, ReservedIds reserved, Hidden hidden) {
        this.names = names;
        this.reserved = reserved;
        this.hidden = hidden;
    }

    /** All name services of this host. */
    public static NamesBesideReserved of(NameService names, ReservedIds reserved) {
        return new NamesBesideReserved(names, reserved, new Hidden() {
            @Override
            public Optional<String> userName(Uid uid) throws NameServiceException {
                return names.userNameBesideFiles(uid);
            }

            @Override
            public Optional<String> groupName(Gid gid) throws NameServiceException {
                return names.groupNameBesideFiles(gid);
            }
        });
    }

    /** For those who only watch, or who ask the files alone: what an entry there hides is not asked. */
    public static NamesBesideReserved ofVisible(Names names, ReservedIds reserved) {
        return new NamesBesideReserved(names, reserved, new Hidden() {
            @Override
            public Optional<String> userName(Uid uid) {
                return Optional.empty();
            }

            @Override
            public Optional<String> groupName(Gid gid) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        Optional<String> name = names.userName(uid);
        if (name.isEmpty()
                || !reserved.couldBe(name.get(), uid)
                || reserved.user(uid).isEmpty()) {
            return name;
        }
        Optional<String> other = reserved.otherUser(uid);
        return other.isPresent() ? other : hidden.userName(uid);
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        Optional<String> name = names.groupName(gid);
        if (name.isEmpty()
                || !reserved.couldBe(name.get(), gid)
                || reserved.group(gid).isEmpty()) {
            return name;
        }
        Optional<String> other = reserved.otherGroup(gid);
        return other.isPresent() ? other : hidden.groupName(gid);
    }

    @Override
    public List<String> failingServices(Uid uid, Gid gid) throws NameServiceException {
        return names.failingServices(uid, gid);
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        return names.user(name);
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        return names.group(name);
    }
}
