#include "base/shelf.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

/* ext4 makes a file in the block groups of its folder, and a folder near its parent, unless that
 * has the attribute T: then where there are fewest folders. What was drawn and is slow stays,
 * empty, so that the next draw falls elsewhere. */

#define SLOW_NS 60000 /* of CPU time; it takes 10,000 to 30,000 where nothing is in the way */
#define STREAK  3     /* so many slow ones are no chance */
#define DRAWS   48

static int64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool set_top(int dir)
{
    int flags;

    if (ioctl(dir, FS_IOC_GETFLAGS, &flags) < 0)
        return false;
    flags |= FS_TOPDIR_FL;
    return ioctl(dir, FS_IOC_SETFLAGS, &flags) == 0;
}

/* 0 or an errno; `took` is in ns of CPU time, which waiting for others does not count. */
static int timed_mkdir(int dir, const char *path, unsigned mode, int64_t *took)
{
    int64_t begin = cpu_ns();
    int sys = mkdirat(dir, path, mode) < 0 ? errno : 0;

    *took = cpu_ns() - begin;
    return sys;
}

/* Called with the lock. */
static bool is_slow(struct cpm_shelf *shelf, int64_t took)
{
    if (!shelf->quickest || took < shelf->quickest)
        shelf->quickest = took;
    return took > SLOW_NS || took > 2 * shelf->quickest;
}

/* Goes on elsewhere, where that is possible. Called with the lock. */
static void move(struct cpm_shelf *shelf)
{
    bool slow = true;
    int64_t took;
    char path[CPM_SHELF_PATH];

    if (!shelf->made && !set_top(shelf->parent))
        shelf->made = DRAWS;
    while (slow && shelf->made < DRAWS) {
        snprintf(path, sizeof(path), "s%u", ++shelf->made);
        if (mkdirat(shelf->parent, path, 0777) < 0)
            continue;
        shelf->number = shelf->made;
        snprintf(path, sizeof(path), "s%u/try", shelf->made);
        if (timed_mkdir(shelf->parent, path, 0777, &took) == 0)
            slow = is_slow(shelf, took);
    }
    shelf->slow = 0;
}

int cpm_shelf_mkdir(struct cpm_shelf *shelf, const char *leaf, unsigned mode,
                    char path[CPM_SHELF_PATH])
{
    int64_t took;
    int sys;

    pthread_mutex_lock(&shelf->lock);
    if (shelf->slow >= STREAK && shelf->made < DRAWS)
        move(shelf);
    if (shelf->number)
        snprintf(path, CPM_SHELF_PATH, "s%u/%s", shelf->number, leaf);
    else
        snprintf(path, CPM_SHELF_PATH, "%s", leaf);
    pthread_mutex_unlock(&shelf->lock);
    sys = timed_mkdir(shelf->parent, path, mode, &took);
    if (sys)
        return sys;
    pthread_mutex_lock(&shelf->lock);
    shelf->slow = is_slow(shelf, took) ? shelf->slow + 1 : 0;
    pthread_mutex_unlock(&shelf->lock);
    return 0;
}
