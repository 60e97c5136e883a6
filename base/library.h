/* A shared library that is loaded on first use: whoever never needs it starts without it. Asked by
 * the one file that may see the third party. */
#ifndef CPM_BASE_LIBRARY_H
#define CPM_BASE_LIBRARY_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct cpm_library_function {
    const char *name;
    void *slot; /* the address of a function pointer */
};

#define CPM_LIBRARY_FAULT 64

/* dlopen, behind the stand-ins that the build has made for the file's name: libraries that it is
 * linked with are then loaded when it calls them. NULL: dlerror() says why. */
void *cpm_library_open(const char *file, int mode);

/* Fills every slot; the library stays loaded. False, and `fault` says what is wrong with it: "is
 * not installed" or "lacks NAME". */
bool cpm_library_load(const char *soname, const struct cpm_library_function *functions,
                      size_t count, char fault[CPM_LIBRARY_FAULT]);

/* Adds the folder of cpm's own shared objects, LIBDIR/cpm as seen from the program, with a '/'
 * behind it. False when it cannot be told. */
bool cpm_library_folder(struct cpm_buf *out);

#endif
