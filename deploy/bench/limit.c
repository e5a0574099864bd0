// The limit of the machine: what a walk costs when it does nothing but ask the kernel. Prints how many entries it saw and how
// many of them have the uid or the gid (or an owner that is neither root nor one of these: what find calls nouser here).
//
//     limit ROOT THREADS UID GID
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct directory {
    int fd;
    atomic_int users;
};

struct task {
    struct directory *above;
    struct task *next;
    char name[];
};

struct entry {
    unsigned long inode;
    long offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct task *stack;
static int busy;
static atomic_long entries, hits;
static unsigned uid, gid;

static void look(const struct statx *status, long *seen, long *found) {
    (*seen)++;
    if (status->stx_uid == uid || status->stx_gid == gid || status->stx_uid != 0 || status->stx_gid != 0) {
        (*found)++;
    }
}

static void release(struct directory *directory) {
    if (atomic_fetch_sub(&directory->users, 1) == 1) {
        close(directory->fd);
        free(directory);
    }
}

static void push(struct directory *above, const char *name) {
    struct task *task = malloc(sizeof *task + strlen(name) + 1);
    task->above = above;
    strcpy(task->name, name);
    atomic_fetch_add(&above->users, 1);
    pthread_mutex_lock(&lock);
    task->next = stack;
    stack = task;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void enter(struct directory *above, const char *name, char *buffer) {
    struct statx status;
    long seen = 0, found = 0, length;
    struct directory *here = malloc(sizeof *here);
    here->users = 1;
    here->fd = openat(above ? above->fd : AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (above ? O_NOFOLLOW : 0));
    if (here->fd < 0 || statx(here->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status)) {
        err(1, "%s", name);
    }
    look(&status, &seen, &found);
    while ((length = syscall(SYS_getdents64, here->fd, buffer, 128 * 1024)) > 0) {
        for (long at = 0; at < length; at += ((struct entry *) (buffer + at))->length) {
            struct entry *entry = (struct entry *) (buffer + at);
            if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..")) {
                continue;
            }
            if (entry->type == DT_DIR) {
                push(here, entry->name);
            } else if (!statx(here->fd, entry->name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status)) {
                look(&status, &seen, &found);
            }
        }
    }
    release(here);
    entries += seen;
    hits += found;
}

static void *work(void *unused) {
    char *buffer = malloc(128 * 1024);
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!stack && busy) {
            pthread_cond_wait(&changed, &lock);
        }
        if (!stack) {
            pthread_cond_broadcast(&changed);
            pthread_mutex_unlock(&lock);
            return unused;
        }
        struct task *task = stack;
        stack = task->next;
        busy++;
        pthread_mutex_unlock(&lock);
        enter(task->above, task->name, buffer);
        release(task->above);
        free(task);
        pthread_mutex_lock(&lock);
        busy--;
    }
}

int main(int count, char **arguments) {
    pthread_t threads[256];
    if (count != 5) {
        errx(2, "usage: limit ROOT THREADS UID GID");
    }
    int number = atoi(arguments[2]);
    uid = atoi(arguments[3]);
    gid = atoi(arguments[4]);
    enter(NULL, arguments[1], malloc(128 * 1024));
    for (int i = 0; i < number && i < 256; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < number && i < 256; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%ld entries, %ld hits\n", entries, hits);
}
