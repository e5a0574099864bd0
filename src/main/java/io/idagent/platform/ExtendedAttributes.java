package io.idagent.platform;

import java.nio.charset.StandardCharsets;

/**
 * The extended attributes of files ({@code xattr(7)}), as {@link LibC} has the rest of them: through pins, without exceptions,
 * a method returns a negated {@link Errno} if the call failed. May be used by several threads.
 */
public final class ExtendedAttributes {

    /** The largest value that Linux knows, in bytes (XATTR_SIZE_MAX). */
    public static final int VALUE_MAX = 64 * 1024;

    /** With its NUL (XATTR_NAME_MAX). */
    private static final int NAME_MAX = 256;

    private static final NativeFunction GETXATTR = NativeFunction.named("getxattr");
    private static final NativeFunction SETXATTR = NativeFunction.named("setxattr");
    private static final NativeFunction REMOVEXATTR = NativeFunction.named("removexattr");
    private static final NativeFunction LISTXATTR = NativeFunction.named("listxattr");
    private static final NativeFunction LLISTXATTR = NativeFunction.named("llistxattr");

    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    ExtendedAttributes() {}

    /** Reads the attribute of a pinned entry that is no symbolic link. @return its length */
    public int get(int pin, String name, byte[] into) {
        Scratch mine = scratch.get();
        int size = Math.min(into.length, mine.value.size());
        int length =
                NativeFunction.result(GETXATTR.call(mine.link.to(pin), mine.name(name), mine.value.address(), size));
        if (length > 0) {
            mine.value.bytes().get(0, into, 0, length);
        }
        return length;
    }

    /** Sets the attribute of a pinned entry that is no symbolic link. */
    public int set(int pin, String name, byte[] value) {
        Scratch mine = scratch.get();
        mine.value.bytes().put(0, value);
        return NativeFunction.result(
                SETXATTR.call(mine.link.to(pin), mine.name(name), mine.value.address(), value.length, 0));
    }

    /** Takes the attribute of a pinned entry away that is no symbolic link. */
    public int remove(int pin, String name) {
        Scratch mine = scratch.get();
        return NativeFunction.result(REMOVEXATTR.call(mine.link.to(pin), mine.name(name)));
    }

    /** Lists the attributes of a pinned entry that is no symbolic link. */
    public int list(int pin, AttributeNames into) {
        long link = scratch.get().link.to(pin);
        return into.filled(NativeFunction.result(LISTXATTR.call(link, into.address(), into.size())));
    }

    /** The same for the entry on which the cursor stands; a symbolic link's own. */
    public int list(int directory, DirectoryEntries current, AttributeNames into) {
        long path = scratch.get().entry(OwnLink.text(directory), current);
        return into.filled(NativeFunction.result(LLISTXATTR.call(path, into.address(), into.size())));
    }

    /** The same for an entry of the thread's working directory, which is quicker than by way of /proc. */
    public int list(DirectoryEntries current, AttributeNames into) {
        return into.filled(NativeFunction.result(LLISTXATTR.call(current.nameAddress(), into.address(), into.size())));
    }

    /** Memory for the arguments of one call at a time. */
    private static final class Scratch {
        private final OwnLink link = new OwnLink();
        private final NativeMemory path = new NativeMemory(LibC.PATH_MAX);
        private final NativeMemory name = new NativeMemory(NAME_MAX);
        private final NativeMemory value = new NativeMemory(VALUE_MAX);

        long entry(byte[] directory, DirectoryEntries current) {
            path.bytes().put(0, directory);
            current.copyName(path.bytes(), directory.length);
            return path.address();
        }

        long name(String ascii) {
            name.setText(ascii.getBytes(StandardCharsets.US_ASCII));
            return name.address();
        }
    }
}
