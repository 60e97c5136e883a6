/* A node_modules read for its resolution index. The public writer (index_write.c) reads all of it
 * from the disk; the installer, which knows what it has just put there, says so instead. */
#ifndef CPM_RESOLVER_MODULE_INDEX_WALK_H
#define CPM_RESOLVER_MODULE_INDEX_WALK_H

#include "resolver/module/index_image.h"

struct cpm_index_walk;

struct cpm_index_source {
    /* The walk came to a folder, its path below the node_modules. True: it and all below it are in
     * walk->image. */
    bool (*take)(void *data, struct cpm_index_walk *walk, struct cpm_str path);
    void *data;
    /* Nanoseconds, past: a folder of packages that changed since is given this time. A later change
     * then shows at once; without it the walk waits until the tick of the change is over. */
    int64_t settled;
};

struct cpm_index_walk {
    struct cpm_index_image image;
    const char *modules;
    const struct cpm_index_source *source; /* NULL: the disk alone */
    int dir;                               /* the node_modules */
    struct cpm_buf path;                   /* of the folder under way, below it */
    struct cpm_buf fields;
    struct cpm_arena arena;
    unsigned depth;
};

/* Reads the folder `name` of the one under way, and all below it. What cannot be read is left out.
 */
void cpm_index_walk_folder(struct cpm_index_walk *walk, const char *name);

/* A whole index: begin, put in what is known (walk->image), write the rest, end. `modules` and
 * `source` (may be NULL) live as long. Errors: the file system's; CPM_ETOOBIG. */
int cpm_index_begin(struct cpm_index_walk *walk, const char *modules,
                    const struct cpm_index_source *source, struct cpm_error *err);
int cpm_index_write(struct cpm_index_walk *walk, struct cpm_error *err);
void cpm_index_end(struct cpm_index_walk *walk);

#endif
