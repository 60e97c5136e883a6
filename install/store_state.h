/* What the store keeps in memory: shared by store.c (finding, trust, durability) and store_add.c
 * (unpacking). Internal to the store. */
#ifndef CPM_INSTALL_STORE_STATE_H
#define CPM_INSTALL_STORE_STATE_H

#include "install/generation.h"
#include "install/store_dir.h"
#include "install/store_entry.h"

#include <pthread.h>

struct cpm_store_entry {
    struct cpm_store *store;
    char key[CPM_STORE_KEY];
    char *image;
    struct cpm_store_index index;
    bool fresh;                   /* made by this process */
    const char *integrity;        /* in the store's arena */
    struct cpm_store_entry *next; /* of all entries, also dropped ones: freed with the store */
};

struct cpm_store {
    struct cpm_store_dir dir;
    unsigned char boot[CPM_GENERATION_SIZE];
    unsigned umask;
    struct cpm_store_jobs jobs;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t idle;
    unsigned char run[CPM_GENERATION_SIZE];
    unsigned publishing;    /* entries that carry `run` and are on their way to their place */
    bool unsynced;          /* something was published since the last mark */
    uint64_t added;         /* bytes */
    struct cpm_map entries; /* by key */
    struct cpm_map trusted; /* runs whose mark was seen */
    struct cpm_arena texts; /* keys of `trusted`, integrities */
    struct cpm_store_entry *all;
    unsigned next_temp;
};

/* An entry of its image, which it takes over; NULL when that is damaged. */
struct cpm_store_entry *cpm_store_entry_new(struct cpm_store *store, const char *key, char *image,
                                            size_t size);
/* Makes an entry known; NULL when it is not to be trusted. Another thread may have been quicker:
 * then its entry is returned, and `e` is freed. */
struct cpm_store_entry *cpm_store_take_in(struct cpm_store *store, struct cpm_store_entry *e);
/* The entry with this key, known or read from disk; NULL when there is none or it is damaged. */
const struct cpm_store_entry *cpm_store_find_key(struct cpm_store *store, const char *key);

#endif
