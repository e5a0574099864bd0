package io.idagent.platform;

import java.util.List;

/**
 * One mounted file system, a line of mountinfo ({@code proc_pid_mountinfo(5)}).
 *
 * @param id unique while it is mounted; what {@link FileStatus#mountId} tells
 * @param device "major:minor"; several mounts of one file system (bind mounts) share it
 * @param root which directory of the file system is mounted here; as bytes it may be no path (a namespace), so it is text
 *     for people
 * @param point where, as seen by the process whose mountinfo this is
 * @param type such as "ext4", "nfs4", "fuse.glusterfs"
 * @param source what was mounted, such as "/dev/sda1" or "server:/export"; text for people
 * @param options of the file system, such as "rw,vers=4.2,local_lock=none"
 * @param readOnly the mount or the whole file system
 */
public record Mount(
        int id,
        int parentId,
        String device,
        String root,
        RawPath point,
        String type,
        String source,
        String options,
        boolean readOnly) {

    public boolean hasOption(String wanted) {
        return List.of(options.split(",")).contains(wanted);
    }

    public FileSystemKind kind() {
        return FileSystemKind.ofType(type);
    }
}
