/* A shared library that is loaded on first use, into a table of function pointers: whoever never
 * needs it starts without it. Asked by the one file that may see the third party. */
#ifndef CPM_BASE_LIBRARY_H
#define CPM_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct cpm_library_function {
    const char *name;
    void *slot; /* the address of a function pointer */
};

#define CPM_LIBRARY_FAULT 64

/* Fills every slot; the library stays loaded. False, and `fault` says what is wrong with it: "is
 * not installed" or "lacks NAME". */
bool cpm_library_load(const char *soname, const struct cpm_library_function *functions,
                      size_t count, char fault[CPM_LIBRARY_FAULT]);

#endif
