// A file system that shows a directory and takes its time: each operation sleeps first, and many run in parallel, as with a
// server at the other end of a network. Nothing is cached by the kernel. Read-only, but for owners.
//
//     slowfs DIRECTORY MICROSECONDS MOUNTPOINT
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int shown;
static useconds_t delay;

static const char *below(const char *path) { return path[1] ? path + 1 : "."; }

static int slow_getattr(const char *path, struct stat *status, struct fuse_file_info *file) {
    (void) file;
    usleep(delay);
    return fstatat(shown, below(path), status, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

static int slow_opendir(const char *path, struct fuse_file_info *file) {
    usleep(delay);
    int fd = openat(shown, below(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    file->fh = (unsigned long) directory;
    return directory ? 0 : -errno;
}

static int slow_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                        enum fuse_readdir_flags flags) {
    (void) path, (void) flags;
    DIR *directory = (DIR *) file->fh;
    struct dirent *entry;
    usleep(delay);
    seekdir(directory, offset);
    while ((entry = readdir(directory))) {
        struct stat status = {.st_ino = entry->d_ino, .st_mode = entry->d_type << 12};
        if (fill(buffer, entry->d_name, &status, telldir(directory), 0)) {
            break;
        }
    }
    return 0;
}

static int slow_releasedir(const char *path, struct fuse_file_info *file) {
    (void) path;
    closedir((DIR *) file->fh);
    return 0;
}

static int slow_readlink(const char *path, char *into, size_t size) {
    usleep(delay);
    ssize_t length = readlinkat(shown, below(path), into, size - 1);
    if (length < 0) {
        return -errno;
    }
    into[length] = 0;
    return 0;
}

static int slow_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *file) {
    (void) file;
    usleep(delay);
    return fchownat(shown, below(path), uid, gid, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

static void *slow_init(struct fuse_conn_info *connection, struct fuse_config *config) {
    (void) connection;
    config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
    config->use_ino = 1;
    return NULL;
}

static const struct fuse_operations operations = {
    .init = slow_init,
    .getattr = slow_getattr,
    .opendir = slow_opendir,
    .readdir = slow_readdir,
    .releasedir = slow_releasedir,
    .readlink = slow_readlink,
    .chown = slow_chown,
};

int main(int count, char **arguments) {
    if (count != 4 || (shown = open(arguments[1], O_PATH | O_DIRECTORY)) < 0) {
        fprintf(stderr, "usage: slowfs DIRECTORY MICROSECONDS MOUNTPOINT\n");
        return 2;
    }
    delay = atoi(arguments[2]);
    char *options[] = {arguments[0], "-f", "-o", "allow_other,max_threads=128,max_idle_threads=128,fsname=slowfs,subtype=slowfs", arguments[3]};
    return fuse_main(5, options, &operations, NULL);
}
