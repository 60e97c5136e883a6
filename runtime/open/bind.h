/* Binds a shared object to itself: the file of one (ELF, x86-64), held in memory by copies.c, is
 * changed so that the linker has less to do when it loads it.
 *
 * - A reference to a symbol that the object defines becomes an address relative to the object, as
 *   if it had been linked with -Bsymbolic; the linker then looks up no name for it. Nothing can
 *   stand before the object's own functions any more.
 * - Libraries that it needs and that a stand-in can take the place of are replaced by that one.
 *
 * The file keeps its length and its layout. Whatever the bytes are, nothing outside them is
 * touched. */
#ifndef CPM_RUNTIME_OPEN_BIND_H
#define CPM_RUNTIME_OPEN_BIND_H

#include "base/str.h"

struct cpm_bind {
    char *bytes; /* the file, which is changed in place; of no use after a failure */
    size_t len;
    const char *standin;   /* its soname, or NULL */
    struct cpm_str behind; /* sonames it stands for, ':' between; those that are not needed are
                              passed over */
};

/* False for what is no such file, or is one that this does not understand. */
bool cpm_bind(const struct cpm_bind *bind);

#endif
