package io.idagent.crash;

import io.idagent.lab.Result;
import io.idagent.lab.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The disks of a system: small ext4 images, mounted one below the other by loop devices.
 *
 * <p>A power cut is a copy of the images at a moment: it has what had reached the device, and not what was still in
 * memory. The copies are mounted in place of the images, and ext4 mends itself from its own journal, as after a real one.
 */
final class Disks {

    private static final int COPIES_TRIED = 200;

    private final Path root;
    /** Where each is mounted, below the root; the root itself is the first one, "". */
    private final List<String> mountPoints;

    private Path images;
    private int generation;

    Disks(Path directory, List<String> mountPoints) throws IOException {
        this.images = Files.createDirectories(directory.resolve("images0"));
        this.root = Files.createDirectories(directory.resolve("root"));
        this.mountPoints = List.copyOf(mountPoints);
    }

    Path root() {
        return root;
    }

    void make() throws IOException {
        for (int i = 0; i < mountPoints.size(); i++) {
            run("truncate", "-s", "8M", image(i).toString());
            run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", "-J", "size=1", image(i).toString());
        }
        mount(5);
    }

    /** @param commit seconds after which ext4 writes by itself what nobody has synced */
    void mount(int commit) throws IOException {
        for (int i = 0; i < mountPoints.size(); i++) {
            Path at = root.resolve(mountPoints.get(i));
            Files.createDirectories(at);
            // noauto_da_alloc: without ext4's own help for those who rename over a file and forget to sync.
            run("mount", "-o", "loop,noauto_da_alloc,commit=" + commit, image(i).toString(), at.toString());
        }
    }

    /** Takes the mounted images away; others come in their place. */
    private void replaceBy(Path others, int commit) throws IOException {
        unmount();
        deleteImages();
        // Under a new name each time: whoever has taken a copy of our mounts into a namespace of his own, as a host of
        // the
        // lab that boots at this moment, keeps the old ones alive, and a loop device with them.
        images = Files.createDirectories(images.resolveSibling("images" + ++generation));
        copyImages(others, images);
        mount(commit);
    }

    private void deleteImages() throws IOException {
        for (int i = 0; i < mountPoints.size(); i++) {
            Files.delete(image(i));
        }
        Files.delete(images);
    }

    void unmount() throws IOException {
        for (int i = mountPoints.size() - 1; i >= 0; i--) {
            run("umount", root.resolve(mountPoints.get(i)).toString());
        }
    }

    void save(Path to) throws IOException {
        // An unmount does not write where somebody keeps the file system alive.
        for (String mountPoint : mountPoints) {
            run("sync", "-f", root.resolve(mountPoint).toString());
        }
        unmount();
        copyImages(images, Files.createDirectories(to));
        mount(5);
    }

    void restore(Path from, int commit) throws IOException {
        replaceBy(from, commit);
    }

    void powerCut(int commit) throws IOException {
        Path copy = Files.createDirectories(images.resolveSibling("copy"));
        int tried = 0;
        String before;
        do {
            // A copy takes a moment. It is of one moment if nothing reached the devices meanwhile.
            if (++tried > COPIES_TRIED) {
                throw new IOException("something writes to the disks all the time: no copy of one moment in " + tried);
            }
            before = written();
            copyImages(images, copy);
        } while (!before.equals(written()));
        replaceBy(copy, commit);
    }

    /** Writes that have reached the devices, and requests under way. */
    private String written() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String mountPoint : mountPoints) {
            String device = run(
                            "findmnt",
                            "--noheadings",
                            "--first-only",
                            "-o",
                            "SOURCE",
                            "--mountpoint",
                            root.resolve(mountPoint).toString())
                    .strip();
            String[] stat = Files.readString(
                            Path.of("/sys/block", Path.of(device).getFileName().toString(), "stat"))
                    .strip()
                    .split(" +");
            all.append(stat[4]).append(' ').append(stat[8]).append('\n');
        }
        return all.toString();
    }

    private void copyImages(Path from, Path to) throws IOException {
        for (int i = 0; i < mountPoints.size(); i++) {
            String name = image(i).getFileName().toString();
            Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path image(int i) {
        return images.resolve("disk" + i);
    }

    static String run(String... command) throws IOException {
        return result(command).mustSucceed().out();
    }

    static Result result(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        Path program = Path.of(arguments.remove(0));
        return Running.start(program, arguments.toArray(String[]::new)).await(Duration.ofMinutes(2));
    }
}
