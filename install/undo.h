/* The way back: what an installation takes to leave the project as it was. Everything that goes is
 * renamed into the stage, and noted here in the order in which it went; a fault, of this phase or
 * of one behind it, brings it back, and then the stage goes. The installer fills it; install.h says
 * when it is used. */
#ifndef CPM_INSTALL_UNDO_H
#define CPM_INSTALL_UNDO_H

#include "base/map.h"
#include "base/shelf.h"
#include "install/bin_dir.h"
#include "install/modules.h"

#include <time.h>

struct cpm_run;

struct cpm_undo_unit { /* one of the plan's */
    enum {
        CPM_UNIT_AWAY,
        CPM_UNIT_STAGED,
        CPM_UNIT_PLACED,  /* where nothing was */
        CPM_UNIT_SWAPPED, /* `base` is now what stood there */
    } state;
    bool waits;                /* staged, for the moment from which units are put in place */
    char base[CPM_SHELF_PATH]; /* where it is below the stage */
};

/* A folder around packages, as it was. */
struct cpm_undo_folder {
    struct cpm_str location;
    bool existed;
    struct timespec time;
};

/* What was moved to stage/NAME. */
struct cpm_undo_moved {
    struct cpm_undo_moved *next; /* the one before it */
    struct cpm_str location;
    const char *name;
};

struct cpm_undo {
    struct cpm_arena arena; /* of what one worker at a time notes */
    struct cpm_undo_unit *units;
    bool had_state;             /* node_modules/.cpm */
    struct cpm_undo_folder top; /* node_modules, before anything was made there */
    bool open;                  /* the tree may have changed */
    struct cpm_undo_folder *folders;
    uint32_t folder_count;
    struct cpm_undo_moved *moved; /* the last one */
    uint32_t moved_count;
    struct cpm_bin_change *bins; /* the last one */
};

/* Before the stage is made: what node_modules is like. */
void cpm_undo_begin(struct cpm_run *run);
/* The stage is there: keeps what the run will overwrite. */
void cpm_undo_keep_notes(struct cpm_run *run);
/* Before the first change that shows: the folders around what will change. A file or link in the
 * place of one is moved away. */
int cpm_undo_open(struct cpm_run *run, struct cpm_error *err);
/* Moves what stands there to the stage; CPM_ENOENT when nothing does. */
int cpm_undo_retire(struct cpm_run *run, struct cpm_str location, struct cpm_error *err);
/* After a fault. What could not be brought back is left to the next run, which is told by the
 * journal. */
void cpm_undo_run(struct cpm_run *run);

#endif
