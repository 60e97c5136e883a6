#include "base/shelf.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>

/* ext4 makes a file in the block groups of its folder, and a folder near its parent, unless that
 * has the attribute T: then where there are fewest folders, so that the next one falls elsewhere.
 * It falls near what was just removed most of all. Hence the draws, and their price: they go on
 * while they have cost less than the slow places, so that nobody loses more than twice that. */

/* of CPU time for a folder, which is less where nothing is in the way, and surely slow: */
#define USUAL_NS    20000
#define SLOW_NS     60000
#define STREAK      4 /* so many slow ones are no chance */
#define DRAWS       512
#define DRAWN_TWICE 2 /* what is drawn is removed again, which takes as long */
#define REGION_BITS                                                                                \
    17 /* inodes of a usual flexible block group, which is filled from its front                   \
        */

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
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
    int64_t begin = now_ns(CLOCK_THREAD_CPUTIME_ID);
    int sys = mkdirat(dir, path, mode) < 0 ? errno : 0;

    *took = now_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
    return sys;
}

static bool is_slow(struct cpm_shelf *shelf, int64_t took)
{
    if (!shelf->quickest || took < shelf->quickest)
        shelf->quickest = took;
    return took > SLOW_NS || took > 2 * shelf->quickest;
}

/* The bit of the region in which a folder stands. */
static uint64_t *region_of(struct cpm_shelf *shelf, const char *path, uint64_t *bit)
{
    struct stat st;
    uint64_t region = 0;

    if (fstatat(shelf->parent, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
        region = ((uint64_t)st.st_ino - 1) >> REGION_BITS;
    *bit = (uint64_t)1 << (region % 64);
    return &shelf->slow_regions[region / 64 % CPM_SHELF_REGIONS];
}

/* Makes a folder somewhere; what a folder in it takes, or INT64_MAX where that was slow before. */
static int64_t draw(struct cpm_shelf *shelf)
{
    char path[CPM_SHELF_PATH];
    int64_t took = INT64_MAX;
    uint64_t bit, *region;

    snprintf(path, sizeof(path), "s%u", ++shelf->drawn);
    if (mkdirat(shelf->parent, path, 0777) < 0)
        return INT64_MAX;
    region = region_of(shelf, path, &bit);
    if (*region & bit)
        return INT64_MAX;
    snprintf(path, sizeof(path), "s%u/try", shelf->drawn);
    if (timed_mkdir(shelf->parent, path, 0777, &took) != 0 || is_slow(shelf, took))
        *region |= bit;
    return took;
}

static void mark_slow(struct cpm_shelf *shelf, unsigned number)
{
    char path[CPM_SHELF_PATH];
    uint64_t bit, *region;

    snprintf(path, sizeof(path), "s%u", number);
    region = region_of(shelf, path, &bit);
    *region |= bit;
}

/* Goes on elsewhere, where that is possible and better. */
static void move(struct cpm_shelf *shelf)
{
    int64_t best = shelf->streak_ns / shelf->streak, begin = now_ns(CLOCK_MONOTONIC), spent = 0;

    if (!shelf->drawn && !(cpm_fs_rests_inodes(shelf->parent) && set_top(shelf->parent)))
        shelf->drawn = DRAWS;
    if (shelf->number)
        mark_slow(shelf, shelf->number);
    for (bool slow = true;
         slow && shelf->drawn < DRAWS && shelf->drawn_ns + spent < shelf->lost_ns;) {
        int64_t took = draw(shelf);

        slow = is_slow(shelf, took);
        if (took < best) {
            best = took;
            shelf->number = shelf->drawn;
        }
        spent = DRAWN_TWICE * (now_ns(CLOCK_MONOTONIC) - begin);
    }
    shelf->drawn_ns += spent;
}

static void count(struct cpm_shelf *shelf, int64_t took)
{
    if (!is_slow(shelf, took)) {
        shelf->streak = 0;
        shelf->streak_ns = 0;
        return;
    }
    shelf->streak++;
    shelf->streak_ns += took;
    if (took > USUAL_NS)
        shelf->lost_ns += (took - USUAL_NS) * shelf->inodes;
}

int cpm_shelf_mkdir(struct cpm_shelf *shelf, const char *leaf, unsigned mode,
                    char path[CPM_SHELF_PATH])
{
    int64_t took;
    int sys;

    pthread_mutex_lock(&shelf->lock);
    if (shelf->streak >= STREAK) {
        move(shelf);
        shelf->streak = 0;
        shelf->streak_ns = 0;
    }
    if (shelf->number)
        snprintf(path, CPM_SHELF_PATH, "s%u/%s", shelf->number, leaf);
    else
        snprintf(path, CPM_SHELF_PATH, "%s", leaf);
    pthread_mutex_unlock(&shelf->lock);
    sys = timed_mkdir(shelf->parent, path, mode, &took);
    if (sys)
        return sys;
    pthread_mutex_lock(&shelf->lock);
    count(shelf, took);
    pthread_mutex_unlock(&shelf->lock);
    return 0;
}
