package io.idagent.host;

import io.idagent.platform.Gid;
import io.idagent.platform.Owner;
import io.idagent.platform.Uid;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Looks at files of domains without changing anything: asks the file system who owns a file, and on one that is not local
 * whether it would let root write ({@code access(2)}, which NFS passes on to the server).
 *
 * <p>A server that does not answer costs the time limit once; other files of its mount are then not seen at once.
 */
public final class GuestFileLook implements Function<String, GuestFileFacts> {

    /**
     * The mount a path lies on.
     *
     * @param point where it is mounted
     * @param local false for shared file systems, for types that are not known, and where owners are not kept
     * @param keepsOwners as {@link io.idagent.platform.Mount#keepsOwners}
     */
    public record Mount(String point, String type, boolean local, boolean readOnly, boolean keepsOwners) {}

    private final Function<Path, Mount> mounts;
    private final Predicate<Path> reowned;
    private final boolean root;
    private final Duration limit;
    private final Set<String> deadMounts = new HashSet<>();

    /**
     * @param mounts finds the mount of an absolute path, without touching the file
     * @param reowned whether the conversion changes a file that lies there
     * @param root whether this process is root; others learn owners, not what root may do
     */
    public GuestFileLook(Function<Path, Mount> mounts, Predicate<Path> reowned, boolean root, Duration limit) {
        this.mounts = mounts;
        this.reowned = reowned;
        this.root = root;
        this.limit = limit;
    }

    @Override
    public GuestFileFacts apply(String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            return new GuestFileFacts(
                    "unknown", false, false, false, new GuestFileFacts.NotSeen("its name cannot be used here"));
        }
        Mount mount = mounts.apply(path);
        FutureTask<GuestFileFacts> answer = new FutureTask<>(() -> lookAt(path, mount));
        if (deadMounts.contains(mount.point())) {
            return notSeen(path, mount, mount.point() + " does not answer");
        }
        // A dead NFS server holds the thread in the kernel, where nothing reaches it: leave it there.
        Thread looker = new Thread(answer, "look at a guest's file");
        looker.setDaemon(true);
        looker.start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            deadMounts.add(mount.point());
            return notSeen(path, mount, mount.point() + " does not answer");
        } catch (ExecutionException e) {
            return notSeen(path, mount, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return notSeen(path, mount, "looking was interrupted");
        }
    }

    private GuestFileFacts lookAt(Path path, Mount mountOfName) {
        try {
            // The mount that counts is that of the file, not that of a link to it.
            Path real = path.toRealPath();
            Mount mount = mounts.apply(real);
            GuestFileFacts.Directory itself = ownerOf(real);
            return facts(
                    real,
                    mount,
                    new GuestFileFacts.Present(
                            itself.owner(), itself.mode(), rootMayGive(real, mount), way(path, real)));
        } catch (NoSuchFileException e) {
            return facts(path, mountOfName, new GuestFileFacts.Missing());
        } catch (AccessDeniedException e) {
            return root
                    ? facts(path, mountOfName, new GuestFileFacts.RootRefused())
                    : notSeen(path, mountOfName, "only root may look there");
        } catch (IOException e) {
            return notSeen(path, mountOfName, String.valueOf(e.getMessage()));
        }
    }

    /** Both that of the name, which may lead over links, and that of the file. */
    private List<GuestFileFacts.Directory> way(Path name, Path real) throws IOException {
        Set<Path> directories = new LinkedHashSet<>();
        for (Path end : List.of(name.toAbsolutePath(), real)) {
            for (Path above = end.getParent(); above != null; above = above.getParent()) {
                directories.add(above);
            }
        }
        List<GuestFileFacts.Directory> way = new ArrayList<>();
        for (Path directory : directories) {
            way.add(ownerOf(directory));
        }
        return way;
    }

    private GuestFileFacts.Directory ownerOf(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,gid,mode");
        Owner owner =
                new Owner(Uid.ofBits((Integer) attributes.get("uid")), Gid.ofBits((Integer) attributes.get("gid")));
        int mode = (Integer) attributes.get("mode") & 07777;
        return new GuestFileFacts.Directory(path.toString(), owner, mode, reowned.test(path));
    }

    private Optional<Boolean> rootMayGive(Path real, Mount mount) {
        if (mount.local()) {
            return Optional.of(true);
        }
        if (!mount.keepsOwners()) {
            return Optional.of(false);
        }
        return root ? Optional.of(Files.isReadable(real) && Files.isWritable(real)) : Optional.empty();
    }

    private GuestFileFacts notSeen(Path path, Mount mount, String reason) {
        return facts(path, mount, new GuestFileFacts.NotSeen(reason));
    }

    private GuestFileFacts facts(Path path, Mount mount, GuestFileFacts.Sight sight) {
        return new GuestFileFacts(mount.type(), mount.local(), mount.readOnly(), reowned.test(path), sight);
    }
}
