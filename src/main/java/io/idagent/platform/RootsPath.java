package io.idagent.platform;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether root alone decides what a path leads to: each directory on the way is looked at, also those in which symbolic
 * links lie, and those that they lead through. Once that is so, nobody else can change it between the look and the use.
 */
public final class RootsPath {

    private static final int GROUP_OR_OTHERS_WRITE = 022;
    private static final int STICKY = 01000;

    /** As many as the kernel follows. */
    private static final int MOST_LINKS = 40;

    private final Path asked;
    private int links;

    private RootsPath(Path asked) {
        this.asked = asked;
    }

    /** A place on the way that somebody else can exchange. */
    public record Weak(Path place, int uid, int mode) {

        /** What is wrong with it, and how that is mended. */
        public String because() {
            return String.format("%s belongs to uid %d and has mode %o", place, uid, mode);
        }

        public String mend() {
            return String.format("chown root:root %s; chmod go-w %s", place, place);
        }
    }

    /**
     * @return the first weak place; empty if there is none
     * @throws java.nio.file.NoSuchFileException if the path leads nowhere
     */
    public static Optional<Weak> weakness(Path path) throws IOException {
        RootsPath roots = new RootsPath(path);
        Path absolute = path.toAbsolutePath();
        Optional<Weak> top = look(absolute.getRoot(), true);
        return top.isPresent() ? top : roots.follow(absolute.getRoot(), absolute);
    }

    private Optional<Weak> follow(Path from, Path path) throws IOException {
        Path at = from;
        for (int i = 0; i < path.getNameCount(); i++) {
            Path part = at.resolve(path.getName(i));
            if (path.getName(i).toString().equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            if (path.getName(i).toString().equals(".")) {
                continue;
            }
            Optional<Weak> weak = look(part, i + 1 < path.getNameCount());
            if (weak.isPresent()) {
                return weak;
            }
            if (!Files.isSymbolicLink(part)) {
                at = part;
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new FileSystemException(asked.toString(), null, "too many symbolic links");
            }
            Path target = Files.readSymbolicLink(part);
            weak = follow(target.isAbsolute() ? target.getRoot() : at, target);
            if (weak.isPresent()) {
                return weak;
            }
            at = part.toRealPath();
        }
        return Optional.empty();
    }

    /** @param onTheWay in a directory with the sticky bit nobody can exchange what root has put there */
    private static Optional<Weak> look(Path part, boolean onTheWay) throws IOException {
        Map<String, Object> seen = Files.readAttributes(part, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (int) seen.get("uid");
        int mode = (int) seen.get("mode") & 07777;
        boolean link = Files.isSymbolicLink(part);
        boolean sticky = onTheWay && (mode & STICKY) != 0;
        boolean closed = link || sticky || (mode & GROUP_OR_OTHERS_WRITE) == 0;
        return uid == 0 && closed ? Optional.empty() : Optional.of(new Weak(part, uid, mode));
    }
}
