/* The store's folders on disk: names, work folder, moving in and out. Internal to the store. */
#ifndef CPM_INSTALL_STORE_DIR_H
#define CPM_INSTALL_STORE_DIR_H

#include "base/arena.h"
#include "base/error.h"
#include "base/shelf.h"
#include "base/str.h"

#define CPM_STORE_KEY  160 /* "sha512-" and 128 hex digits */
#define CPM_STORE_TEMP CPM_SHELF_PATH

struct cpm_store_dir {
    char *path; /* "…/v2" */
    int fd;
    int work_fd; /* v2/tmp/NAME, locked (flock) as long as it is used; -1 before the first use */
    char work[32];
    struct cpm_shelf shelf; /* of work_fd */
};

int cpm_store_dir_open(const char *dir, struct cpm_store_dir *out, struct cpm_error *err);
void cpm_store_dir_close(struct cpm_store_dir *d);
/* "sha512-…" in hex from an integrity text; false when it holds no usable hash. */
bool cpm_store_key(struct cpm_str integrity, char key[CPM_STORE_KEY]);
/* The integrity text of a key, new in the arena. */
const char *cpm_store_key_text(struct cpm_arena *arena, const char *key);

/* Makes the work folder when there is none yet and removes those of dead processes. Not
 * thread-safe. */
int cpm_store_dir_work(struct cpm_store_dir *d, struct cpm_error *err);
/* A new folder in the work folder; its name (relative to work_fd) goes to `name`. */
int cpm_store_dir_temp(struct cpm_store_dir *d, unsigned number, char name[CPM_STORE_TEMP],
                       struct cpm_error *err);
/* Moves a folder of the work folder to its place by one rename. CPM_EEXIST when another is there,
 * unless `replace`: then they change places and the old one is removed. */
int cpm_store_dir_publish(struct cpm_store_dir *d, const char *temp, const char *key, bool replace,
                          struct cpm_error *err);
void cpm_store_dir_discard(struct cpm_store_dir *d, const char *temp);
/* Takes an entry away. */
void cpm_store_dir_drop(struct cpm_store_dir *d, const char *key, unsigned number);

#endif
