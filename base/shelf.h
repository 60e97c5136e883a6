/* Where many new folders are made: on one file system that is not everywhere equally quick.
 *
 * For some minutes after an inode was freed, ext4 without a journal passes over it for every new
 * file of its block group: near a large folder that was just removed, making a file takes fifty
 * times as long. A shelf notices that and goes on in a folder of its own elsewhere. */
#ifndef CPM_BASE_SHELF_H
#define CPM_BASE_SHELF_H

#include <pthread.h>
#include <stdint.h>

#define CPM_SHELF_PATH    64
#define CPM_SHELF_REGIONS 32

struct cpm_shelf {
    int parent;      /* open folder; borrowed. It may get the attribute T (chattr(1)) */
    unsigned inodes; /* that a folder brings with what will stand in it, on average */
    pthread_mutex_t lock;
    unsigned number;   /* of the folder below the parent that is used now; 0: the parent itself */
    unsigned drawn;    /* such folders, so far */
    unsigned streak;   /* slow ones, one after the other */
    int64_t streak_ns; /* that they took, of CPU time as the next two */
    int64_t quickest;  /* ns that any took */
    int64_t lost_ns;   /* on slow ones and on what stands in them */
    int64_t drawn_ns;  /* that drawing takes, of real time: it may wait for the disk */
    uint64_t slow_regions[CPM_SHELF_REGIONS]; /* of inodes, a bit each */
};

#define CPM_SHELF_INIT(folder, each)                                                               \
    {                                                                                              \
        .parent = folder, .inodes = each, .lock = PTHREAD_MUTEX_INITIALIZER                        \
    }

/* Makes a folder; `path` gets its name relative to the parent: the leaf, of at most 40 bytes, alone
 * or below another folder. 0 or an errno. Any thread. */
int cpm_shelf_mkdir(struct cpm_shelf *shelf, const char *leaf, unsigned mode,
                    char path[CPM_SHELF_PATH]);

#endif
