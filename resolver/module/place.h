/* Places: every path that a resolver met, once, in a tree that threads share.
 *
 * A place knows its parent, its name and its whole path; what stands there is found out when first
 * asked (cpm_place_settle) and never again. Places are made by cpm_place_child, live as long as the
 * resolver's memory, and are read without a lock. All functions may be called from any thread. */
#ifndef CPM_RESOLVER_MODULE_PLACE_H
#define CPM_RESOLVER_MODULE_PLACE_H

#include "base/arena.h"
#include "cpm/resolver.h"

#include <pthread.h>
#include <stdatomic.h>

struct cpm_memory;
struct cpm_listing;
struct cpm_package;
struct cpm_tsconfig;
struct cpm_index;

/* What stands at a place, links followed. */
enum cpm_place_state { CPM_PLACE_UNKNOWN, CPM_PLACE_MISSING, CPM_PLACE_FILE, CPM_PLACE_FOLDER };

struct cpm_place {
    struct cpm_place *parent; /* the root's is the root */
    struct cpm_place *next;   /* in its bucket */
    uint32_t hash;
    uint16_t path_len;
    uint16_t name_at;                    /* path + name_at is the name */
    _Atomic(int) state;                  /* enum cpm_place_state */
    _Atomic(unsigned) asks;              /* how often an entry of this folder was looked for */
    _Atomic(struct cpm_place *) real;    /* set before `state` */
    _Atomic(struct cpm_listing *) list;  /* of a folder that was asked often */
    _Atomic(struct cpm_package *) owned; /* its package.json, see package.h */
    _Atomic(struct cpm_place *) modules; /* its node_modules */
    char path[];
};

/* The file system and all places of one resolver. */
struct cpm_places {
    struct cpm_memory *memory;
    struct cpm_resolver_fs fs;
    const struct cpm_index *index;            /* NULL: none */
    bool whole_packages;                      /* package.json is kept with every field */
    _Atomic(struct cpm_tsconfig *) tsconfigs; /* read so far, see tsconfig.h */
    struct cpm_arena tsconfig_arena;          /* under the lock */
    pthread_mutex_t tsconfig_lock;
    struct cpm_place *root;
    struct cpm_place *nowhere; /* stands for paths that no file system holds: too long */
    _Atomic(struct cpm_place *) *buckets;
    _Atomic(struct cpm_place *) *recent; /* folders that cpm_place_folder found */
};

void cpm_places_init(struct cpm_places *places, struct cpm_memory *memory,
                     const struct cpm_resolver_fs *fs);
void cpm_places_release(struct cpm_places *places);

/* The place `name` (one component, not "." or "..") in a folder. */
struct cpm_place *cpm_place_child(struct cpm_places *places, struct cpm_place *folder,
                                  struct cpm_str name);
/* Follows a path from a folder: '/' first begins at the root, "." and ".." are understood as text,
 * as node's path.resolve does. */
struct cpm_place *cpm_place_walk(struct cpm_places *places, struct cpm_place *folder,
                                 struct cpm_str path);

/* The same for an absolute path that is asked for again and again; with its cpm_memory_hash. */
struct cpm_place *cpm_place_folder(struct cpm_places *places, struct cpm_str path, uint32_t hash);

enum cpm_place_state cpm_place_settle(struct cpm_places *places, struct cpm_place *place);
static inline bool cpm_place_is_file(struct cpm_places *places, struct cpm_place *place)
{
    return cpm_place_settle(places, place) == CPM_PLACE_FILE;
}
static inline bool cpm_place_is_folder(struct cpm_places *places, struct cpm_place *place)
{
    return cpm_place_settle(places, place) == CPM_PLACE_FOLDER;
}
/* The place without links; itself when nothing stands there. */
struct cpm_place *cpm_place_real(struct cpm_places *places, struct cpm_place *place);
/* Its node_modules; a place where nothing is when it surely has none. */
struct cpm_place *cpm_place_modules(struct cpm_places *places, struct cpm_place *folder);

static inline struct cpm_str cpm_place_name(const struct cpm_place *place)
{
    return cpm_str_n(place->path + place->name_at, (size_t)(place->path_len - place->name_at));
}
static inline struct cpm_str cpm_place_path(const struct cpm_place *place)
{
    return cpm_str_n(place->path, place->path_len);
}

#endif
