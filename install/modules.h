/* A project's node_modules folders by descriptor: opening, making, putting a staged folder in place
 * and taking one away, each by one rename. Symbolic links are never walked through. The installer's
 * workers use it from several threads. */
#ifndef CPM_INSTALL_MODULES_H
#define CPM_INSTALL_MODULES_H

#include "base/arena.h"
#include "base/error.h"

#define CPM_MODULES_STATE "node_modules/.cpm" /* below the project */

struct cpm_modules {
    const char *path; /* the project's folder; borrowed */
    int root;
    int top;   /* node_modules */
    int state; /* node_modules/.cpm */
    int stage; /* node_modules/.cpm/stage: what is not in place yet, or not any more */
};

#define CPM_MODULES_INIT                                                                           \
    {                                                                                              \
        .path = NULL, .root = -1, .top = -1, .state = -1, .stage = -1                              \
    }

/* Opens the project's folder alone. */
int cpm_modules_open(struct cpm_modules *m, const char *path, struct cpm_error *err);
/* Makes node_modules and the stage. A link or file that stands where node_modules belongs is taken
 * away, as npm does; *replaced tells. */
int cpm_modules_prepare(struct cpm_modules *m, bool *replaced, struct cpm_error *err);
void cpm_modules_close(struct cpm_modules *m);

/* A new descriptor of the folder at this location, or -1 and errno (ELOOP, ENOTDIR for a link). */
int cpm_modules_open_dir(const struct cpm_modules *m, struct cpm_str location);
/* The same, making what is missing; a link or file below node_modules is replaced by a folder, one
 * elsewhere is CPM_ELINKED. */
int cpm_modules_make_dir(const struct cpm_modules *m, struct cpm_str location, int *out,
                         struct cpm_error *err);
/* Moves stage/NAME to the location; what stood there is then stage/NAME and *swapped is set. */
int cpm_modules_place(const struct cpm_modules *m, const char *name, struct cpm_str location,
                      bool *swapped, struct cpm_error *err);
/* Moves what stands at the location to stage/NAME; CPM_ENOENT when nothing does. */
int cpm_modules_retire(const struct cpm_modules *m, struct cpm_str location, const char *name,
                       struct cpm_error *err);
/* Removes stage/NAME. */
int cpm_modules_discard(const struct cpm_modules *m, const char *name, struct cpm_error *err);
/* Removes the folder if it is empty. */
void cpm_modules_prune(const struct cpm_modules *m, struct cpm_str location);

/* Splits "node_modules/@s/a" into "node_modules/@s" and "a". */
struct cpm_str cpm_location_parent(struct cpm_str location);
struct cpm_str cpm_location_base(struct cpm_str location);

#endif
