/* Copies of the engine and of libraries that it stands on, bound to themselves (bind.h), so that
 * loading them takes half the time. They are made on the user's machine out of what is installed
 * there, by the runtime's fourth start, and stand in a folder of the user's cache
 * that is named by the files that they were made of: after an update it is another one.
 *
 * Who opens the runtime asks for them (open.h), and uses the system's where there are none. */
#ifndef CPM_RUNTIME_OPEN_COPIES_H
#define CPM_RUNTIME_OPEN_COPIES_H

#include "base/buf.h"

#include <limits.h>

struct cpm_copies {
    struct cpm_buf folder; /* empty: none are used or made */
    bool are_there;
};

#define CPM_COPIES_INIT                                                                            \
    {                                                                                              \
        .folder = CPM_BUF_INIT(PATH_MAX)                                                           \
    }

/* Whether all are there, are this user's, and could have been written by nobody else. Says no where
 * the environment tells the linker what to load (LD_PRELOAD, LD_LIBRARY_PATH). */
bool cpm_copies_find(struct cpm_copies *copies);
/* Adds the path of a copy, in the order in which they are to be opened; false when there are no
 * more. */
bool cpm_copies_path(const struct cpm_copies *copies, unsigned index, struct cpm_buf *path);
/* The linker did not take one: they are removed, and not made again of these files. */
void cpm_copies_refuse(const struct cpm_copies *copies);
/* At the end of a run that did without: makes them when it is the fourth. The system's libraries
 * are loaded. */
void cpm_copies_make(struct cpm_copies *copies);
void cpm_copies_release(struct cpm_copies *copies);

#endif
