package io.idagent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The users and groups that stand in passwd and group files themselves: what usermod and groupmod can change, and all
 * there is in a root file system that is not running.
 *
 * <p>The files are read again for each question, so an answer is never older than the question. A broken line is
 * passed over unless it carries what was asked for: then nobody can say what it means, and the answer is an error.
 */
public final class LocalAccounts implements Names {

    /** Gives a whole file. The one who knows how to open it safely (below another root, say) writes this. */
    public interface FileContent {
        byte[] read() throws IOException;
    }

    private final String passwdName;
    private final String groupName;
    private final FileContent passwd;
    private final FileContent group;

    public LocalAccounts(String passwdName, FileContent passwd, String groupName, FileContent group) {
        this.passwdName = passwdName;
        this.passwd = passwd;
        this.groupName = groupName;
        this.group = group;
    }

    /** Follows symbolic links: for the running host's own directory only. */
    public static LocalAccounts in(Path etc) {
        Path passwd = etc.resolve("passwd");
        Path group = etc.resolve("group");
        return new LocalAccounts(
                passwd.toString(), () -> Files.readAllBytes(passwd), group.toString(), () -> Files.readAllBytes(group));
    }

    @Override
    public Optional<String> userName(Uid uid) throws NameServiceException {
        return AccountFile.passwd(passwdName, read(passwdName, passwd)).nameOf(uid.value());
    }

    @Override
    public Optional<String> groupName(Gid gid) throws NameServiceException {
        return AccountFile.group(groupName, read(groupName, group)).nameOf(gid.value());
    }

    @Override
    public Optional<UserEntry> user(String name) throws NameServiceException {
        Optional<AccountFile.Line> line =
                AccountFile.passwd(passwdName, read(passwdName, passwd)).entry(name);
        return line.map(found -> new UserEntry(
                name, new Uid(found.number()), Gid.parse(found.field(3)), AccountFile.decoded(found.field(5))));
    }

    @Override
    public Optional<GroupEntry> group(String name) throws NameServiceException {
        return AccountFile.group(groupName, read(groupName, group))
                .entry(name)
                .map(found -> new GroupEntry(name, new Gid(found.number())));
    }

    /** All lines of the passwd file that are whole. */
    public List<LocalUser> users() throws NameServiceException {
        return AccountFile.passwd(passwdName, read(passwdName, passwd)).entries().stream()
                .map(line -> new LocalUser(
                        AccountFile.decoded(line.field(0)),
                        line.field(1),
                        new Uid(line.number()),
                        Gid.parse(line.field(3)),
                        AccountFile.decoded(line.field(4)),
                        AccountFile.decoded(line.field(5)),
                        AccountFile.decoded(line.field(6))))
                .toList();
    }

    /** All lines of the group file that are whole. */
    public List<LocalGroup> groups() throws NameServiceException {
        return AccountFile.group(groupName, read(groupName, group)).entries().stream()
                .map(line -> new LocalGroup(
                        AccountFile.decoded(line.field(0)),
                        line.field(1),
                        new Gid(line.number()),
                        AccountFile.decoded(line.field(3))))
                .toList();
    }

    private static byte[] read(String name, FileContent content) throws NameServiceException {
        try {
            return content.read();
        } catch (IOException e) {
            throw new NameServiceException("Cannot read " + name + ": " + e, e);
        }
    }
}
