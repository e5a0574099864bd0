package io.idagent.platform;

/** The two numbers that a file system keeps about who owns a file. */
public record Owner(Uid uid, Gid gid) {

    // Written out for the same reason as those of Uid.
    @Override
    public boolean equals(Object other) {
        return other instanceof Owner && uid.equals(((Owner) other).uid) && gid.equals(((Owner) other).gid);
    }

    @Override
    public int hashCode() {
        return 31 * uid.hashCode() + gid.hashCode();
    }

    @Override
    public String toString() {
        return uid + ":" + gid;
    }
}
