package io.idagent.platform;

/** The two numbers that a file system keeps about who owns a file. */
public record Owner(Uid uid, Gid gid) {

    @Override
    public String toString() {
        return uid + ":" + gid;
    }
}
