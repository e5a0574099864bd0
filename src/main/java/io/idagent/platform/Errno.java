package io.idagent.platform;

/**
 * The error numbers of Linux that this program tells apart ({@code errno(3)}), and the words for all of them. The
 * numbers are the same on x86-64 and on arm64.
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOPNOTSUPP = 95;

    private Errno() {}

    /** The symbol, such as "ENOENT"; the plain number if it has none. */
    public static String name(int errno) {
        jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
        return isUnknown(known) ? "errno " + errno : known.name();
    }

    /** What strerror(3) says in the C locale: "No such file or directory". */
    public static String sentence(int errno) {
        return jnr.constants.platform.Errno.valueOf(errno).description();
    }

    /** What strerror(3) says in the C locale, and the symbol: "No such file or directory (ENOENT)". */
    public static String text(int errno) {
        jnr.constants.platform.Errno known = jnr.constants.platform.Errno.valueOf(errno);
        return isUnknown(known) ? "errno " + errno : known.description() + " (" + known.name() + ")";
    }

    private static boolean isUnknown(jnr.constants.platform.Errno known) {
        return known == jnr.constants.platform.Errno.__UNKNOWN_CONSTANT__;
    }
}
