/* Pruning walks by descriptors and follows no link, and only into folders that bear our names: the
 * user may have put the cache into a folder with other things in it. A total of its own is not
 * kept: a walk sums up what it leaves, and another one with half the age follows as long as that is
 * too much. */
#include "runtime/open/kept.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#define TOTAL_MAX (1ll << 30)

enum { DAY = 24 * 60 * 60, AGE_MAX = 30 * DAY, AGE_LEAST = 60 * 60, DEPTH_MAX = 3 };

/* Of all walks together. */
enum { ENTRIES_MAX = 50000 };

bool cpm_kept_folder(struct cpm_buf *path)
{
    const char *own = getenv("CPM_RUNTIME_CACHE"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (getauxval(AT_SECURE))
        return false;
    if (own && *own)
        cpm_buf_add_text(path, own);
    else if (cache && *cache)
        cpm_buf_addf(path, "%s/cpm", cache);
    else if (home && *home)
        cpm_buf_addf(path, "%s/.cache/cpm", home);
    return path->len > 0 && !path->overflow;
}

static bool is_closed(const char *folder, bool is_last)
{
    struct stat st;

    if (lstat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return false;
    if (st.st_uid != geteuid() && (is_last || st.st_uid != 0))
        return false;
    return !(st.st_mode & (S_IWGRP | S_IWOTH)) || (!is_last && (st.st_mode & S_ISVTX));
}

bool cpm_kept_is_ours(struct cpm_buf *folder)
{
    char path[PATH_MAX];

    if (!realpath(cpm_buf_text(folder), path) || !is_closed("/", false))
        return false;
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool closed = is_closed(path, false);
        *slash = '/';
        if (!closed)
            return false;
    }
    cpm_buf_clear(folder);
    cpm_buf_add_text(folder, path);
    return !folder->overflow && is_closed(path, true);
}

void cpm_kept_touch(const char *path, const struct stat *st)
{
    if (time(NULL) - st->st_mtime > DAY)
        utimensat(AT_FDCWD, path, NULL, 0);
}

struct walk {
    time_t oldest;    /* what is older goes */
    long long total;  /* of what stays */
    unsigned entries; /* looked at */
};

static bool is_ours_by_name(const char *name)
{
    return strncmp(name, "compiled-", 9) == 0 || strncmp(name, "runtime-", 8) == 0 ||
           strncmp(name, "engine-", 7) == 0;
}

/* Takes `fd`. */
static void walk_folder(struct walk *walk, int fd, unsigned depth);

static void look_at(struct walk *walk, int folder, const char *name, unsigned depth)
{
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            walk_folder(walk, fd, depth + 1);
        unlinkat(folder, name, AT_REMOVEDIR); /* when nothing is left in it */
    } else if (st.st_mtime < walk->oldest) {
        unlinkat(folder, name, 0);
    } else {
        walk->total += st.st_size;
    }
}

static void walk_folder(struct walk *walk, int fd, unsigned depth)
{
    DIR *dir = fdopendir(fd);

    if (!dir) {
        close(fd);
        return;
    }
    for (struct dirent *entry; walk->entries < ENTRIES_MAX && (entry = readdir(dir));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (depth == 0 && !is_ours_by_name(name)))
            continue;
        walk->entries++;
        if (depth < DEPTH_MAX)
            look_at(walk, fd, name, depth);
    }
    closedir(dir);
}

/* Whether the day's pruning is this process's to do. */
static bool is_due(int folder)
{
    struct stat st;

    if (fstatat(folder, "pruned", &st, AT_SYMLINK_NOFOLLOW) == 0 && time(NULL) - st.st_mtime < DAY)
        return false;
    int fd = openat(folder, "pruned", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done = fd >= 0 && futimens(fd, NULL) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

void cpm_kept_prune(void)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    struct walk walk = {.total = TOTAL_MAX + 1};
    int base =
        cpm_kept_folder(&path) ? open(cpm_buf_text(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (base >= 0 && is_due(base)) {
        for (time_t age = AGE_MAX; walk.total > TOTAL_MAX && age >= AGE_LEAST; age /= 2) {
            walk.oldest = time(NULL) - age;
            walk.total = 0;
            int fd = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (fd >= 0)
                walk_folder(&walk, fd, 0);
        }
    }
    if (base >= 0)
        close(base);
    cpm_buf_release(&path);
}
