package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.NameServiceException;
import io.idagent.platform.Names;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who has a number that the account shall get, other than the account itself: by name service, by systemd's dynamic
 * users, by the administrator's own check. Processes that run under it are {@link ProcessesInTheWay#targetUsers}.
 */
public final class TakenIds {

    private final Names names;
    private final Path dynamicUsers;
    private final Optional<ExtraCheck> uidCheck;
    private final Optional<ExtraCheck> gidCheck;

    public TakenIds(Names names, Optional<ExtraCheck> uidCheck, Optional<ExtraCheck> gidCheck) {
        this(names, Path.of("/run/systemd/dynamic-uid"), uidCheck, gidCheck);
    }

    TakenIds(Names names, Path dynamicUsers, Optional<ExtraCheck> uidCheck, Optional<ExtraCheck> gidCheck) {
        this.names = names;
        this.dynamicUsers = dynamicUsers;
        this.uidCheck = uidCheck;
        this.gidCheck = gidCheck;
    }

    /**
     * @param account the user that shall have the number, and may have it already
     * @return who has it, for a sentence: "user alice"
     * @throws NameServiceException if somebody who would know could not answer
     */
    public Optional<String> holderOf(Uid uid, String account) throws NameServiceException {
        Optional<String> named = names.userName(uid).filter(name -> !name.equals(account));
        if (named.isPresent()) {
            return named.map(name -> "user " + name);
        }
        boolean isOurs =
                names.user(account).filter(user -> user.uid().equals(uid)).isPresent();
        if (isOurs) {
            return Optional.empty();
        }
        Optional<String> dynamic = dynamicUser(uid.toString());
        return dynamic.isPresent() ? dynamic : checked(uidCheck, uid.toString());
    }

    /** As {@link #holderOf(Uid, String)}; systemd's dynamic users take the gid of the same number as well. */
    public Optional<String> holderOf(Gid gid, String group) throws NameServiceException {
        Optional<String> named = names.groupName(gid).filter(name -> !name.equals(group));
        if (named.isPresent()) {
            return named.map(name -> "group " + name);
        }
        boolean isOurs =
                names.group(group).filter(found -> found.gid().equals(gid)).isPresent();
        if (isOurs) {
            return Optional.empty();
        }
        Optional<String> dynamic = dynamicUser(gid.toString());
        return dynamic.isPresent() ? dynamic : checked(gidCheck, gid.toString());
    }

    /** systemd keeps a file with the number for each, and a link "direct:NUMBER" that points to the name. */
    private Optional<String> dynamicUser(String number) {
        Path link = dynamicUsers.resolve("direct:" + number);
        try {
            return Optional.of("dynamic user " + Files.readSymbolicLink(link).getFileName() + " of systemd");
        } catch (IOException | UnsupportedOperationException noLink) {
            return Files.exists(dynamicUsers.resolve(number), LinkOption.NOFOLLOW_LINKS)
                    ? Optional.of("a dynamic user of systemd")
                    : Optional.empty();
        }
    }

    private static Optional<String> checked(Optional<ExtraCheck> check, String number) throws NameServiceException {
        return check.isPresent() ? check.get().holderOf(number) : Optional.empty();
    }
}
