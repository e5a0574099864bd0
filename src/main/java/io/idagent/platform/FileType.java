package io.idagent.platform;

import java.util.Arrays;

/** What a directory entry is, as in the upper four bits of {@code st_mode} ({@code inode(7)}). */
public enum FileType {
    FIFO(1),
    CHARACTER_DEVICE(2),
    DIRECTORY(4),
    BLOCK_DEVICE(6),
    REGULAR(8),
    SYMBOLIC_LINK(10),
    SOCKET(12),
    /** None of those in the manual page. */
    OTHER(0);

    private static final FileType[] BY_BITS = byBits();

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    private static FileType[] byBits() {
        FileType[] types = new FileType[16];
        Arrays.fill(types, OTHER);
        for (FileType type : values()) {
            types[type.bits] = type;
        }
        return types;
    }

    public static FileType ofMode(int mode) {
        return BY_BITS[mode >>> 12 & 0xf];
    }

    /** For a sentence: "a directory", "a FIFO". */
    public String inWords() {
        return switch (this) {
            case FIFO -> "a FIFO";
            case CHARACTER_DEVICE -> "a character device";
            case DIRECTORY -> "a directory";
            case BLOCK_DEVICE -> "a block device";
            case REGULAR -> "a file";
            case SYMBOLIC_LINK -> "a symbolic link";
            case SOCKET -> "a socket";
            case OTHER -> "something of an unknown type";
        };
    }
}
